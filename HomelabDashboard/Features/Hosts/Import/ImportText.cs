using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Reads an ssh_config or an Ansible inventory. What is malformed is refused as a whole, with its line.</summary>
public static partial class ImportText
{
    /// <param name="files">One; for ssh_config the main file and those that its Include lines may name.</param>
    /// <returns><c>VALIDATION_FAILED</c> for <c>content</c>, beginning with the line that cannot be read.</returns>
    public static Result<ParsedImport> Parse(ImportFormat format, IReadOnlyList<ImportFile> files)
    {
        if (files.Count == 0 || files.All(f => string.IsNullOrWhiteSpace(f.Text)))
        {
            return Invalid("There is nothing in it.");
        }

        if (files.Count > ImportLimits.Files)
        {
            return Invalid($"At most {ImportLimits.Files} files can be read together.");
        }

        if (files.Sum(f => (long)f.Text.Length) > ImportLimits.Text)
        {
            return Invalid("It is larger than 1 MiB. Import it in parts.");
        }

        if (format != ImportFormat.SshConfig && files.Count > 1)
        {
            return Invalid("Import one inventory at a time.");
        }

        try
        {
            foreach (var file in files)
            {
                RefuseControlCharacters(file);
            }

            return format switch
            {
                ImportFormat.SshConfig => SshConfigParser.Parse(files),
                ImportFormat.AnsibleIni => AnsibleIniParser.Parse(files[0].Text),
                ImportFormat.AnsibleYaml => AnsibleYamlParser.Parse(files[0].Text),
                _ => throw new ArgumentOutOfRangeException(nameof(format)),
            };
        }
        catch (ImportException malformed)
        {
            var file = malformed.File.Length > 0 ? $"{malformed.File}, " : "";
            return Invalid(malformed.Line > 0 ? $"{file}{(file.Length > 0 ? "line" : "Line")} {malformed.Line}: {malformed.Message}" : malformed.Message);
        }
    }

    /// <summary>What a text most likely is.</summary>
    public static ImportFormat Guess(string text)
    {
        if (SshLine().IsMatch(text))
        {
            return ImportFormat.SshConfig;
        }

        var first = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] is not ('#' or ';'));
        return first is not null && (first == "---" || YamlLine().IsMatch(first)) ? ImportFormat.AnsibleYaml : ImportFormat.AnsibleIni;
    }

    /// <summary>Lines as all three formats have them, without their ends.</summary>
    internal static string[] Lines(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');

    private static void RefuseControlCharacters(ImportFile file)
    {
        var text = file.Text;
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            var sign = text[i];
            line += sign == '\n' ? 1 : 0;
            if (char.IsHighSurrogate(sign) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(sign) || sign is '\u2028' or '\u2029' || (char.IsControl(sign) && sign is not ('\t' or '\n' or '\r')))
            {
                throw new ImportException(line, "There is a sign in it that no text has. Is this a text file in UTF-8?", file.Name);
            }
        }
    }

    private static Problem Invalid(string message) => Problem.Invalid("content", message);

    [GeneratedRegex(@"^[ \t]*(Host|Match|HostName|Include)([ \t]+|[ \t]*=[ \t]*)[^\s:=]", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex SshLine();

    [GeneratedRegex(@"\A[""']?[A-Za-z0-9_.-]+[""']?:(\s|\z)|\A\{", RegexOptions.NonBacktracking)]
    private static partial Regex YamlLine();
}
