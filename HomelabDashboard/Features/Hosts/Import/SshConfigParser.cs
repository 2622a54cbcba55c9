using System.Globalization;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>
/// Reads an OpenSSH client config as ssh itself does (ssh_config(5)): the first value of a keyword wins, patterns in Host lines,
/// quotes, <c>key=value</c>, Include. Of the keywords only those matter here that say where a host is and how to get there.
/// </summary>
internal sealed class SshConfigParser
{
    private const int DeepestInclude = 16;

    /// <summary>Names times lines, so that no text takes longer than about a second.</summary>
    private const long MostWork = 60_000_000;

    private readonly IReadOnlyList<ImportFile> _files;
    private readonly SshConfigSettings _settings = new();
    private readonly Dictionary<string, (int Line, string File)> _names = new(StringComparer.Ordinal);
    private readonly List<(string Name, IReadOnlyList<string> Others, int Line, string File)> _aliases = [];
    private readonly List<SkippedLine> _skipped = [];
    private readonly HashSet<ImportFile> _read = new(ReferenceEqualityComparer.Instance);

    private SshConfigParser(IReadOnlyList<ImportFile> files) => _files = files;

    /// <exception cref="ImportException">It is malformed.</exception>
    public static ParsedImport Parse(IReadOnlyList<ImportFile> files)
    {
        var parser = new SshConfigParser(files);
        var main = files.FirstOrDefault(f => FileName(f.Name) is "config" or "ssh_config") ?? files[0];
        parser.Read(main, [main], null);
        foreach (var file in files.Where(f => f != main && !parser._read.Contains(f)))
        {
            parser._skipped.Add(new(1, "No Include line names this file, so it was not read.", file.Name));
        }

        return new ParsedImport(parser.Hosts(), [], parser._skipped);
    }

    private void Read(ImportFile file, IReadOnlyList<ImportFile> way, SshConfigCondition? outer)
    {
        if (way.Count > DeepestInclude)
        {
            throw new ImportException(1, $"Files include each other more than {DeepestInclude} deep.", file.Name);
        }

        _read.Add(file);
        var condition = outer;
        var number = 0;
        foreach (var raw in ImportText.Lines(file.Text))
        {
            number++;
            var line = raw.TrimEnd(' ', '\t', '\r').TrimStart(' ', '\t');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var (keyword, rest) = SshConfigLine.SplitKeyword(line) ?? throw new ImportException(number, "A quote is not closed.", file.Name);
            if (keyword.Length == 0 || keyword[0] == '#')
            {
                continue;
            }

            keyword = keyword.ToLowerInvariant();
            if (rest.Length == 0)
            {
                throw new ImportException(number, "There is nothing after the keyword.", file.Name);
            }

            var words = SshConfigLine.SplitWords(rest) ?? throw new ImportException(number, "A quote is not closed.", file.Name);
            switch (keyword)
            {
                case "host":
                    condition = new SshConfigCondition(outer, Patterns(words, number, file));
                    break;
                case "match":
                    var all = words is [var only] && only.Equals("all", StringComparison.OrdinalIgnoreCase);
                    condition = new SshConfigCondition(outer, all ? [new("*", false)] : []);
                    if (!all)
                    {
                        _skipped.Add(new(number, "Match is not followed: what stands under it depends on where and how ssh is run.", file.Name));
                    }

                    break;
                case "include":
                    Include(words, number, file, way, condition);
                    break;
                case "hostname" or "user" or "port" or "proxyjump" or "proxycommand" or "identityfile":
                    _settings.Add(condition, keyword, Value(keyword, words, rest, number, file));
                    break;
            }

            if (_settings.Count * (long)_names.Count > MostWork)
            {
                throw new ImportException(0, "It has too many hosts and lines to be read together. Import it in parts.");
            }
        }
    }

    private List<SshConfigPattern> Patterns(List<string> words, int line, ImportFile file)
    {
        if (words.Count == 0)
        {
            throw new ImportException(line, "Host needs at least one name.", file.Name);
        }

        var patterns = new List<SshConfigPattern>();
        var concrete = new List<string>();
        foreach (var word in words)
        {
            var negated = word.StartsWith('!');
            var text = negated ? word[1..] : word;
            if (text.Length == 0)
            {
                throw new ImportException(line, "Host has an empty name.", file.Name);
            }

            patterns.Add(new(text, negated));
            if (!negated && !text.Contains('*') && !text.Contains('?'))
            {
                concrete.Add(text);
            }
        }

        foreach (var name in concrete)
        {
            if (_names.TryAdd(name, (line, file.Name)) && concrete[0] != name)
            {
                _aliases.Add((name, concrete, line, file.Name));
            }
        }

        if (_names.Count > ImportLimits.Hosts)
        {
            throw new ImportException(line, $"There are more than {ImportLimits.Hosts} hosts. Import them in parts.", file.Name);
        }

        return patterns;
    }

    private void Include(List<string> words, int line, ImportFile file, IReadOnlyList<ImportFile> way, SshConfigCondition? condition)
    {
        foreach (var word in words)
        {
            var wanted = FileName(word);
            // By * a file in another folder is meant, which these names cannot tell: not one that includes this one.
            var pattern = wanted.Contains('*') || wanted.Contains('?');
            var found = _files.Where(f => f.Name.Length > 0 && SshConfigPattern.IsMatch(wanted, FileName(f.Name)) && !(pattern && way.Contains(f, ReferenceEqualityComparer.Instance))).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
            if (found.Count == 0)
            {
                _skipped.Add(new(line, "Include is not followed: no file of that name was given. Upload it together with this one.", file.Name));
            }

            foreach (var next in found)
            {
                if (way.Contains(next, ReferenceEqualityComparer.Instance))
                {
                    throw new ImportException(line, "This file includes itself.", file.Name);
                }

                Read(next, [.. way, next], condition);
                if (_read.Count * (long)way.Count > 10_000 || _settings.Count > 1_000_000)
                {
                    throw new ImportException(line, "Files are included too often.", file.Name);
                }
            }
        }
    }

    private static string Value(string keyword, List<string> words, string rest, int line, ImportFile file)
    {
        if (words.Count == 0 || words[0].Length == 0)
        {
            throw new ImportException(line, "There is nothing after the keyword.", file.Name);
        }

        // ssh takes the rest of the line as the command.
        if (keyword == "proxycommand")
        {
            return rest;
        }

        if (words.Count > 1)
        {
            throw new ImportException(line, "There is more than one value.", file.Name);
        }

        if (keyword == "port" && !(int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535))
        {
            throw new ImportException(line, "A port is a number from 1 to 65535.", file.Name);
        }

        return words[0];
    }

    private List<ImportedHost> Hosts()
    {
        var hosts = new List<ImportedHost>();
        var byName = new Dictionary<string, ImportedHost>(StringComparer.Ordinal);
        foreach (var (name, (line, file)) in _names)
        {
            hosts.Add(byName[name] = _settings.Resolve(name, line, file));
        }

        // Two names on one Host line for one and the same place are one host.
        foreach (var (name, others, line, file) in _aliases)
        {
            var host = byName[name];
            var first = others.TakeWhile(o => o != name).Select(o => byName[o])
                .FirstOrDefault(o => host.Address is not null && (o.Address, o.Port, o.User) == (host.Address, host.Port, host.User)
                    && (o.Jumps ?? []).SequenceEqual(host.Jumps ?? []));
            if (first is not null)
            {
                hosts.Remove(host);
                _skipped.Add(new(line, $"{Words.Shown(name)} is another name of {Words.Shown(first.Name)}.", file));
            }
        }

        return hosts;
    }

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
