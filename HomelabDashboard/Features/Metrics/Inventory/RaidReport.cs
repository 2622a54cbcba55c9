using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads <c>/proc/mdstat</c>, what the kernel shows of each array beside it, and <c>mdadm --detail --export</c>.</summary>
internal static partial class RaidReport
{
    private const int Most = 64;

    /// <param name="lines"><c>path:line</c> of /proc/mdstat and /sys/block/md*/md.</param>
    public static IReadOnlyList<RaidArray> Read(IReadOnlyList<string> lines)
    {
        var files = ProcFigures.ByPath(lines);
        var arrays = new List<RaidArray>();
        foreach (var line in files.GetValueOrDefault("/proc/mdstat", []))
        {
            if (Array().Match(line) is { Success: true } match)
            {
                if (arrays.Count < Most)
                {
                    arrays.Add(Of(match, files));
                }
            }
            else if (arrays.Count > 0 && line.StartsWith(' '))
            {
                arrays[^1] = With(arrays[^1], line);
            }
        }

        return [.. arrays.DistinctBy(a => a.Name)];
    }

    /// <summary>The name that the array was given, from <c>mdadm --detail --export</c>: of <c>nas:storage</c> the part of its own.</summary>
    public static string? Label(IEnumerable<string> export) =>
        export.FirstOrDefault(l => l.StartsWith("MD_NAME=", StringComparison.Ordinal)) is { } line ? ProcFigures.Clean(line["MD_NAME=".Length..].Split(':')[^1], 64) : null;

    private static RaidArray Of(Match match, Dictionary<string, List<string>> files)
    {
        var name = match.Groups[1].Value;
        string? Sys(string file) => files.TryGetValue($"/sys/block/{name}/md/{file}", out var lines) ? ProcFigures.Clean(lines[0], 32) : null;

        // active (auto-read-only) raid1 sdb1[1] sda1[0](F)
        var words = ProcFigures.Words(match.Groups[3].Value).Where(w => !w.StartsWith('(')).Take(256).ToList();
        var members = words.Select(w => Member().Match(w)).Where(m => m.Success)
            .Select(m => new RaidMember(m.Groups[1].Value, m.Groups[2].Value.Contains("(F)", StringComparison.Ordinal), m.Groups[2].Value.Contains("(S)", StringComparison.Ordinal)))
            .ToList();
        return new RaidArray(
            name, null, words.FirstOrDefault() is { } level && !Member().IsMatch(level) ? ProcFigures.Clean(level, 32) : null,
            match.Groups[2].Value == "inactive" ? "inactive" : Sys("array_state") ?? match.Groups[2].Value,
            null, null, null, members, null, null, null, ProcFigures.Whole(Sys("mismatch_cnt")));
    }

    private static RaidArray With(RaidArray array, string line)
    {
        if (Blocks().Match(line) is { Success: true } blocks && ProcFigures.Whole(blocks.Groups[1].Value) is { } kilobytes and < long.MaxValue / 1024)
        {
            array = array with { SizeBytes = kilobytes * 1024 };
        }

        if (Working().Match(line) is { Success: true } working)
        {
            array = array with { Devices = int.Parse(working.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), Working = int.Parse(working.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) };
        }

        if (Progress().Match(line) is { Success: true } progress)
        {
            array = array with
            {
                Action = progress.Groups[1].Value,
                ActionPercent = ProcFigures.Number(progress.Groups[2].Value) is { } percent and >= 0 and <= 100 ? percent : null,
                Remaining = Finish().Match(line) is { Success: true } finish ? finish.Groups[1].Value : null,
            };
        }

        return array;
    }

    [GeneratedRegex(@"\A(md[A-Za-z0-9_.-]{1,60}) : (active|inactive)(.*)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Array();

    [GeneratedRegex(@"\A([A-Za-z0-9!_.-]{1,64})\[[0-9]{1,5}\]((?:\([A-Z]\)){0,4})\z", RegexOptions.NonBacktracking)]
    private static partial Regex Member();

    [GeneratedRegex(@"\A +([0-9]{1,18}) blocks", RegexOptions.NonBacktracking)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\[([0-9]{1,5})/([0-9]{1,5})\] \[[U_]+\]", RegexOptions.NonBacktracking)]
    private static partial Regex Working();

    [GeneratedRegex(@"(resync|recovery|reshape|check|repair) *= *([0-9.]{1,6})%", RegexOptions.NonBacktracking)]
    private static partial Regex Progress();

    [GeneratedRegex(@"finish=([0-9.]{1,12}[a-z]{1,5})", RegexOptions.NonBacktracking)]
    private static partial Regex Finish();
}
