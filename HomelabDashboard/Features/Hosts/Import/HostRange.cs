using System.Globalization;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Ansible's host patterns: <c>web[01:20]</c>, <c>db-[a:f]</c>, <c>n[0:20:5]</c>, several in one name, and <c>host:2222</c>.</summary>
internal static partial class HostRange
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int LongestName = 300;

    /// <param name="most">No more names than this.</param>
    /// <exception cref="ImportException">A range is malformed, or there are too many names.</exception>
    public static (IReadOnlyList<string> Names, int? Port) Expand(string pattern, int line, int most)
    {
        if (pattern.Length > LongestName)
        {
            throw new ImportException(line, "This name is too long.");
        }

        var (name, port) = SplitPort(pattern, line);
        if (port is null && name.EndsWith(':') && !name.Contains('['))
        {
            throw new ImportException(line, "A host ends in a colon here, as groups do in YAML. Is this a YAML inventory?");
        }

        var names = new List<string>();
        Expand(name, line, most, names);
        return (names, port);
    }

    private static void Expand(string pattern, int line, int most, List<string> names)
    {
        var open = pattern.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            if (names.Count == most)
            {
                throw new ImportException(line, $"There are more than {ImportLimits.Hosts} hosts. Import them in parts.");
            }

            names.Add(pattern);
            return;
        }

        var close = pattern.IndexOf(']', StringComparison.Ordinal);
        if (close < open)
        {
            throw new ImportException(line, "A range in brackets is not closed.");
        }

        foreach (var part in Range(pattern[(open + 1)..close], line))
        {
            Expand(pattern[..open] + part + pattern[(close + 1)..], line, most, names);
        }
    }

    private static IEnumerable<string> Range(string range, int line)
    {
        var bounds = range.Split(':');
        if (bounds.Length is not (2 or 3) || bounds[1].Length == 0)
        {
            throw new ImportException(line, "A range is written as [first:last] or [first:last:step].");
        }

        var (first, last) = (bounds[0].Length == 0 ? "0" : bounds[0], bounds[1]);
        if (!TryNumber(bounds.Length == 3 ? bounds[2] : "1", out var step) || step == 0)
        {
            throw new ImportException(line, "The step of a range is a number from 1.");
        }

        if (first.Length == 1 && last.Length == 1 && Letters.IndexOf(first[0], StringComparison.Ordinal) is >= 0 and var from && Letters.IndexOf(last[0], StringComparison.Ordinal) is >= 0 and var to)
        {
            return from > to
                ? throw new ImportException(line, "The first of a range comes before its last.")
                : Enumerable.Range(0, ((to - from) / step) + 1).Select(i => Letters[from + (i * step)].ToString());
        }

        if (!TryNumber(first, out var begin) || !TryNumber(last, out var end))
        {
            throw new ImportException(line, "A range goes from number to number or from letter to letter.");
        }

        var padded = first[0] == '0' && first.Length > 1;
        if (padded && first.Length != last.Length)
        {
            throw new ImportException(line, "With leading zeros, both ends of a range have the same length.");
        }

        var format = padded ? "D" + first.Length.ToString(CultureInfo.InvariantCulture) : "D";
        return begin > end
            ? []
            : Enumerable.Range(0, ((end - begin) / step) + 1).Select(i => (begin + (i * step)).ToString(format, CultureInfo.InvariantCulture));
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text.Length <= 9;

    /// <summary>A port is one only after what can be a name or an address; anything else is a name as a whole, as Ansible takes it.</summary>
    private static (string Name, int? Port) SplitPort(string pattern, int line)
    {
        var match = BracketedPort().Match(pattern) is { Success: true } bracketed ? bracketed : Port().Match(pattern);
        if (!match.Success)
        {
            return (pattern, null);
        }

        var name = match.Groups["name"].Value;
        if (!Ipv6().IsMatch(name) && !AnyRange().Replace(name, "0").Split('.').All(label => Label().IsMatch(label)))
        {
            return (pattern, null);
        }

        return TryNumber(match.Groups["port"].Value, out var port) && port is > 0 and <= 65535
            ? (name, port)
            : throw new ImportException(line, "A port is a number from 1 to 65535.");
    }

    [GeneratedRegex(@"\A\[(?<name>.+)\]:(?<port>[0-9]+)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex BracketedPort();

    [GeneratedRegex(@"\A(?<name>([^:\[\]]|\[[^\]]*\])*):(?<port>[0-9]+)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Port();

    [GeneratedRegex(@"\[([a-zA-Z]:[a-zA-Z]|[0-9]+:[0-9]+)(:[0-9]+)?\]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex AnyRange();

    [GeneratedRegex(@"\A(\w[\w-]*)?[^\W_]\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Ipv6();
}
