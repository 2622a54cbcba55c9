using System.Globalization;
using System.Text;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>
/// Reads an OpenSSH client config as ssh itself does (ssh_config(5)): the first value of a keyword wins, patterns in Host lines,
/// quotes, <c>key=value</c>, Include. Of the keywords only those matter here that say where a host is and how to get there.
/// </summary>
internal sealed class SshConfigParser
{
    private const int DeepestInclude = 16;
    private const int MostIdentityFiles = 10;

    /// <summary>Names times lines, so that no text takes longer than about a second.</summary>
    private const long MostWork = 60_000_000;

    private readonly IReadOnlyList<ImportFile> _files;
    private readonly List<Setting> _settings = [];
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

    private void Read(ImportFile file, IReadOnlyList<ImportFile> way, Condition? outer)
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

            var (keyword, rest) = SplitKeyword(line) ?? throw new ImportException(number, "A quote is not closed.", file.Name);
            if (keyword.Length == 0 || keyword[0] == '#')
            {
                continue;
            }

            keyword = keyword.ToLowerInvariant();
            if (rest.Length == 0)
            {
                throw new ImportException(number, "There is nothing after the keyword.", file.Name);
            }

            var words = SplitWords(rest) ?? throw new ImportException(number, "A quote is not closed.", file.Name);
            switch (keyword)
            {
                case "host":
                    condition = new Condition(outer, Patterns(words, number, file));
                    break;
                case "match":
                    var all = words is [var only] && only.Equals("all", StringComparison.OrdinalIgnoreCase);
                    condition = new Condition(outer, all ? [new("*", false)] : []);
                    if (!all)
                    {
                        _skipped.Add(new(number, "Match is not followed: what stands under it depends on where and how ssh is run.", file.Name));
                    }

                    break;
                case "include":
                    Include(words, number, file, way, condition);
                    break;
                case "hostname" or "user" or "port" or "proxyjump" or "proxycommand" or "identityfile":
                    _settings.Add(new(condition, keyword, Value(keyword, words, rest, number, file), number));
                    break;
            }

            if (_settings.Count * (long)_names.Count > MostWork)
            {
                throw new ImportException(0, "It has too many hosts and lines to be read together. Import it in parts.");
            }
        }
    }

    private List<Pattern> Patterns(List<string> words, int line, ImportFile file)
    {
        if (words.Count == 0)
        {
            throw new ImportException(line, "Host needs at least one name.", file.Name);
        }

        var patterns = new List<Pattern>();
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

    private void Include(List<string> words, int line, ImportFile file, IReadOnlyList<ImportFile> way, Condition? condition)
    {
        foreach (var word in words)
        {
            var wanted = FileName(word);
            // By * a file in another folder is meant, which these names cannot tell: not one that includes this one.
            var pattern = wanted.Contains('*') || wanted.Contains('?');
            var found = _files.Where(f => f.Name.Length > 0 && Wildcard(wanted, FileName(f.Name)) && !(pattern && way.Contains(f, ReferenceEqualityComparer.Instance))).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
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
            hosts.Add(byName[name] = Resolve(name, line, file));
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

    private ImportedHost Resolve(string name, int line, string file)
    {
        string? address = null, user = null, port = null, jump = null, command = null;
        var identities = new List<string>();
        var verdicts = new Dictionary<Condition, bool>(ReferenceEqualityComparer.Instance);
        foreach (var (condition, keyword, value, _) in _settings)
        {
            if (condition is not null && !condition.Holds(name, verdicts))
            {
                continue;
            }

            switch (keyword)
            {
                case "hostname":
                    address ??= value;
                    break;
                case "user":
                    user ??= value;
                    break;
                case "port":
                    port ??= value;
                    break;
                case "proxyjump" when command is null:
                    jump ??= value;
                    break;
                case "proxycommand" when jump is null:
                    command ??= value;
                    break;
                case "identityfile" when identities.Count < MostIdentityFiles && !identities.Contains(value):
                    identities.Add(value);
                    break;
            }
        }

        string? unusable = null;
        if (address is { } written && (address = Expand(written, name)) is null)
        {
            unusable = "Its HostName has a token other than %h, which has no meaning there.";
        }
        else if (command is not null && !command.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            unusable = "It is reached by a ProxyCommand, which the dashboard does not run. Use ProxyJump.";
        }
        else if (user == "git")
        {
            unusable = "It is signed in to as git: a code host, not a machine.";
        }

        return new ImportedHost
        {
            Name = name,
            Line = line,
            File = file,
            Address = address?.ToLowerInvariant(),
            Port = port is null ? null : int.Parse(port, CultureInfo.InvariantCulture),
            User = user,
            Jumps = jump is null ? null
                : jump.Equals("none", StringComparison.OrdinalIgnoreCase) ? []
                : [.. jump.Split(',').Select(j => j.Trim())],
            IdentityFiles = identities,
            Unusable = unusable,
        };
    }

    /// <returns>Null when there is another token than %h and %%.</returns>
    private static string? Expand(string text, string name)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            switch (i + 1 < text.Length ? text[++i] : '\0')
            {
                case 'h':
                    result.Append(name);
                    break;
                case '%':
                    result.Append('%');
                    break;
                default:
                    return null;
            }

            if (result.Length > 10_000)
            {
                return null;
            }
        }

        return result.ToString();
    }

    /// <summary>The keyword, then what follows it and one <c>=</c> or white space; null for an open quote.</summary>
    private static (string Keyword, string Remainder)? SplitKeyword(string line)
    {
        var end = line.IndexOfAny([' ', '\t', '"', '=']);
        if (end < 0)
        {
            return (line, "");
        }

        if (line[end] == '"')
        {
            var close = line.IndexOf('"', end + 1);
            return close < 0 ? null : (line[..end] + line[(end + 1)..close], line[(close + 1)..].TrimStart(' ', '\t'));
        }

        var rest = line[(end + 1)..].TrimStart(' ', '\t');
        if (line[end] != '=' && rest.StartsWith('='))
        {
            rest = rest[1..].TrimStart(' ', '\t');
        }

        return (line[..end], rest);
    }

    /// <summary>Words with their quotes and escapes resolved, up to a comment; null for an open quote.</summary>
    private static List<string>? SplitWords(string text)
    {
        var words = new List<string>();
        var i = 0;
        while (true)
        {
            while (i < text.Length && text[i] is ' ' or '\t')
            {
                i++;
            }

            if (i == text.Length || text[i] == '#')
            {
                return words;
            }

            var word = new StringBuilder();
            var quote = '\0';
            for (; i < text.Length; i++)
            {
                var sign = text[i];
                if (sign == '\\' && i + 1 < text.Length && (text[i + 1] is '\'' or '"' or '\\' || (quote == '\0' && text[i + 1] == ' ')))
                {
                    word.Append(text[++i]);
                }
                else if (quote == '\0' && sign is ' ' or '\t')
                {
                    break;
                }
                else if (quote == '\0' && sign is '"' or '\'')
                {
                    quote = sign;
                }
                else if (quote != '\0' && sign == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(sign);
                }
            }

            if (quote != '\0')
            {
                return null;
            }

            words.Add(word.ToString());
        }
    }

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>Whether a pattern of <c>*</c> and <c>?</c> is the whole of a text; never slower than the product of their lengths.</summary>
    internal static bool Wildcard(string pattern, string text)
    {
        int p = 0, t = 0, star = -1, from = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                from = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++from;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }

    private readonly record struct Pattern(string Text, bool Negated);

    private readonly record struct Setting(Condition? Condition, string Keyword, string Value, int Line);

    /// <summary>A Host or Match line, within the one whose Include led to its file.</summary>
    private sealed class Condition(Condition? outer, List<Pattern> patterns)
    {
        public bool Holds(string name, Dictionary<Condition, bool> verdicts)
        {
            if (!verdicts.TryGetValue(this, out var holds))
            {
                verdicts[this] = holds = (outer is null || outer.Holds(name, verdicts)) && Matches(name);
            }

            return holds;
        }

        private bool Matches(string name)
        {
            var any = false;
            foreach (var (text, negated) in patterns)
            {
                if ((negated || !any) && Wildcard(text, name))
                {
                    if (negated)
                    {
                        return false;
                    }

                    any = true;
                }
            }

            return any;
        }
    }
}
