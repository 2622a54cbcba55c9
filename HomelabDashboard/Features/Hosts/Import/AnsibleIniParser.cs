using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Reads an Ansible inventory in its INI form, as Ansible does.</summary>
internal static partial class AnsibleIniParser
{
    /// <exception cref="ImportException">It is malformed.</exception>
    public static ParsedImport Parse(string text) => Read(text).Build([]);

    internal static AnsibleInventory Read(string text)
    {
        var inventory = new AnsibleInventory();
        var declared = new HashSet<string>(StringComparer.Ordinal) { AnsibleInventory.All, AnsibleInventory.Ungrouped };
        var awaited = new List<(string Group, int Line, string Why)>();
        var (group, kind) = (AnsibleInventory.Ungrouped, "hosts");
        var number = 0;
        foreach (var raw in ImportText.Lines(text))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is ';' or '#')
            {
                continue;
            }

            if (Section().Match(line) is { Success: true } section)
            {
                group = section.Groups["name"].Value;
                kind = section.Groups["kind"] is { Success: true } named ? named.Value : "hosts";
                if (kind is not ("hosts" or "children" or "vars"))
                {
                    throw new ImportException(number, "A section is a [group], its [group:vars] or its [group:children].");
                }

                inventory.AddGroup(group, number);
                if (kind == "vars")
                {
                    awaited.Add((group, number, $"There are variables for the group {Words.Shown(group)}, which is not declared by a section of its own."));
                }
                else
                {
                    declared.Add(group);
                }
            }
            else if (line[0] == '[' && line[^1] == ']')
            {
                throw new ImportException(number, "This section's name is malformed: it has no spaces and no signs such as brackets.");
            }
            else if (kind == "hosts")
            {
                AddHosts(inventory, group, line, number);
            }
            else if (kind == "vars")
            {
                var at = line.IndexOf('=', StringComparison.Ordinal);
                if (at < 0)
                {
                    throw new ImportException(number, "A variable is written as name=value.");
                }

                inventory.SetGroupVar(group, line[..at].Trim(), Value(line[(at + 1)..].Trim()), number);
            }
            else
            {
                var child = Child().Match(line) is { Success: true } match
                    ? match.Groups["name"].Value
                    : throw new ImportException(number, "Here stands the name of a group, and nothing else.");
                inventory.AddGroup(child, number);
                inventory.AddChild(group, child, number);
                awaited.Add((child, number, $"The group {Words.Shown(child)} is not declared by a section of its own."));
            }
        }

        return awaited.FirstOrDefault(a => !declared.Contains(a.Group)) is { Group: not null } missing
            ? throw new ImportException(missing.Line, missing.Why)
            : inventory;
    }

    /// <summary>Python's literals are what they say, anything else is text, as in Ansible.</summary>
    private static JsonNode? Value(string text) => PythonLiteral.TryParse(text, out var value) ? value : JsonValue.Create(text);

    private static void AddHosts(AnsibleInventory inventory, string group, string line, int number)
    {
        var words = SplitWords(line, number);
        var vars = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var word in words.Skip(1))
        {
            var at = word.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
            {
                throw new ImportException(number, "After the host's name stand its variables, each as name=value. A value with spaces needs quotes.");
            }

            vars[word[..at]] = Value(word[(at + 1)..]);
        }

        if (words[0].Trim() == "---")
        {
            throw new ImportException(number, "This looks like YAML, not like an INI inventory.");
        }

        inventory.AddHosts(group, words[0], vars, number);
    }

    /// <summary>Words as a POSIX shell splits them, up to a comment. At least one.</summary>
    private static List<string> SplitWords(string line, int number)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (inWord, quote) = (false, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var sign = line[i];
            if (quote != '\0' && sign == quote)
            {
                quote = '\0';
            }
            else if (sign == '\\' && quote != '\'')
            {
                if (++i == line.Length)
                {
                    throw new ImportException(number, "There is nothing after the last backslash.");
                }

                // Within double quotes only the quote and the backslash are escaped.
                if (quote == '"' && line[i] is not ('"' or '\\'))
                {
                    word.Append('\\');
                }

                inWord = true;
                word.Append(line[i]);
            }
            else if (quote != '\0')
            {
                word.Append(sign);
            }
            else if (sign is '"' or '\'')
            {
                (inWord, quote) = (true, sign);
            }
            else if (sign == '#')
            {
                break;
            }
            else if (sign is ' ' or '\t')
            {
                Finish();
            }
            else
            {
                inWord = true;
                word.Append(sign);
            }
        }

        if (quote != '\0')
        {
            throw new ImportException(number, "A quote is not closed.");
        }

        Finish();
        return words;

        void Finish()
        {
            if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }
    }

    [GeneratedRegex(@"\A\[(?<name>[^:\]\s]+)(:(?<kind>\w+))?\]\s*(#.*)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Section();

    [GeneratedRegex(@"\A(?<name>[^:\]\s]+)\s*(#.*)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Child();
}
