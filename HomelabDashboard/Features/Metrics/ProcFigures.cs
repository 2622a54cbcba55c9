using System.Globalization;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Metrics;

/// <summary>Reads Linux's own files as text. Everything that is not as expected is unknown; nothing throws.</summary>
internal static partial class ProcFigures
{
    /// <summary>Of one host.</summary>
    public const int MostFilesystems = 64;

    /// <summary>Groups <c>path:line</c> by path.</summary>
    public static Dictionary<string, List<string>> ByPath(IReadOnlyList<string> lines)
    {
        var files = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line[0] != '/')
            {
                continue;
            }

            if (!files.TryGetValue(line[..colon], out var file))
            {
                files[line[..colon]] = file = [];
            }

            file.Add(line[(colon + 1)..]);
        }

        return files;
    }

    /// <summary>Time spent, in ticks: at work, and in all. Null when the line is not whole.</summary>
    public static (ulong Busy, ulong Total)? Cpu(IEnumerable<string> stat)
    {
        if (stat.FirstOrDefault(l => l.StartsWith("cpu ", StringComparison.Ordinal)) is not { } line)
        {
            return null;
        }

        // user nice system idle iowait irq softirq steal; guest times are part of user and nice already.
        var values = new ulong[8];
        var words = Words(line);
        if (words.Length < 5)
        {
            return null;
        }

        for (var i = 0; i < values.Length && i + 1 < words.Length; i++)
        {
            if (!ulong.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]) || values[i] > long.MaxValue / 16)
            {
                return null;
            }
        }

        var total = values.Aggregate(0UL, (sum, v) => sum + v);
        return (total - values[3] - values[4], total);
    }

    /// <summary>kB by name.</summary>
    public static Dictionary<string, long> Memory(IEnumerable<string> meminfo)
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in meminfo)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && Words(line[(colon + 1)..]) is [var number, ..] && Whole(number) is { } value)
            {
                values.TryAdd(line[..colon], value);
            }
        }

        return values;
    }

    /// <summary>Bytes received and sent, by interface.</summary>
    public static Dictionary<string, (long Read, long Written)> Network(IEnumerable<string> dev)
    {
        var counters = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        foreach (var line in dev)
        {
            // Old kernels leave no blank after the colon.
            var colon = line.LastIndexOf(':');
            if (colon > 0 && Words(line[(colon + 1)..]) is { Length: >= 9 } words && Whole(words[0]) is { } received && Whole(words[8]) is { } sent)
            {
                counters.TryAdd(line[..colon].Trim(), (received, sent));
            }
        }

        return counters;
    }

    /// <summary>Packets that were not well received or sent, by interface.</summary>
    public static Dictionary<string, NetworkErrors> NetworkErrors(IEnumerable<string> dev)
    {
        var errors = new Dictionary<string, NetworkErrors>(StringComparer.Ordinal);
        foreach (var line in dev)
        {
            var colon = line.LastIndexOf(':');
            if (colon > 0 && Words(line[(colon + 1)..]) is { Length: >= 12 } words
                && Whole(words[2]) is { } receive && Whole(words[3]) is { } receiveDropped && Whole(words[10]) is { } transmit && Whole(words[11]) is { } transmitDropped)
            {
                errors.TryAdd(line[..colon].Trim(), new(receive, transmit, receiveDropped, transmitDropped));
            }
        }

        return errors;
    }

    /// <summary>Bytes read and written, by block device.</summary>
    public static Dictionary<string, (long Read, long Written)> Disks(IEnumerable<string> diskstats)
    {
        const long SectorBytes = 512;
        var counters = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        foreach (var line in diskstats)
        {
            if (Words(line) is { Length: >= 10 } words && Whole(words[5]) is { } read and < long.MaxValue / SectorBytes && Whole(words[9]) is { } written and < long.MaxValue / SectorBytes)
            {
                counters.TryAdd(words[2], (read * SectorBytes, written * SectorBytes));
            }
        }

        return counters;
    }

    /// <summary>What <c>df -P -k</c> printed; the root first, each device once.</summary>
    /// <param name="types">Type of file system by mount point.</param>
    public static IReadOnlyList<Filesystem> Filesystems(IReadOnlyList<string> df, IReadOnlyDictionary<string, string> types)
    {
        const double Gigabyte = 1024 * 1024;
        var found = new List<Filesystem>();
        foreach (var line in df)
        {
            var match = DfLine().Match(line);
            if (!match.Success
                || Whole(match.Groups[2].Value) is not ({ } total and > 0)
                || Whole(match.Groups[3].Value) is not { } used
                || Whole(match.Groups[4].Value.TrimStart('-')) is not { } available)
            {
                continue;
            }

            available = match.Groups[4].Value.StartsWith('-') ? 0 : available;
            var mount = Clean(match.Groups[5].Value, 255)!;
            found.Add(new Filesystem(
                mount, Clean(match.Groups[1].Value, 255) ?? "", types.GetValueOrDefault(mount, ""),
                total / Gigabyte, used / Gigabyte, Percent(used, used + (double)available) ?? 0, available / Gigabyte));
        }

        return [.. found.OrderBy(f => f.Mount.Length).ThenBy(f => f.Mount, StringComparer.Ordinal).DistinctBy(f => f.Device).Take(MostFilesystems)];
    }

    /// <summary>The hottest of the sensors, in degrees Celsius.</summary>
    public static double? Temperature(IReadOnlyDictionary<string, List<string>> files)
    {
        double? hottest = null;
        foreach (var (path, lines) in files)
        {
            if (path.Contains("/temp", StringComparison.Ordinal) && lines.Count > 0 && Number(lines[0]) is { } thousandths and > -50_000 and < 200_000 and not 0)
            {
                hottest = Math.Max(hottest ?? double.MinValue, thousandths / 1000);
            }
        }

        return hottest;
    }

    public static double? Percent(double part, double whole) => whole > 0 ? Math.Round(Math.Clamp(part / whole * 100, 0, 100), 2) : null;

    public static string[] Words(string line) => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A count: digits alone.</summary>
    public static long? Whole(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value) ? value : null;

    /// <summary>Text of the host's without control characters, cut to a length; null when nothing is left.</summary>
    public static string? Clean(string? text, int longest)
    {
        if (text is null)
        {
            return null;
        }

        var kept = string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return kept.Length == 0 ? null : kept.Length > longest ? kept[..longest] : kept;
    }

    [GeneratedRegex(@"\A(.+?)\s+([0-9]{1,18})\s+([0-9]{1,18})\s+(-?[0-9]{1,18})\s+[0-9-]+%?\s+(/.*)\z", RegexOptions.NonBacktracking)]
    private static partial Regex DfLine();
}

/// <summary>Packets since the host started.</summary>
internal sealed record NetworkErrors(long Receive, long Transmit, long ReceiveDropped, long TransmitDropped);
