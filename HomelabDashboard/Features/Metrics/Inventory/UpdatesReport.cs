using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads which packages wait to be upgraded: from <c>apt-get -s dist-upgrade</c>, <c>apk list --upgradable</c> and <c>dnf check-update</c>.</summary>
internal static partial class UpdatesReport
{
    private const int MostNames = 50;

    /// <returns>Null when the answer cannot be relied upon.</returns>
    public static PackageUpdates? Read(string tool, IReadOnlyList<string> lines, long exit, DateTime? listsAt)
    {
        return (tool, exit) switch
        {
            // The summary comes last: without it the list is not whole.
            ("apt", 0) when lines.Select(l => AptSummary().Match(l)).LastOrDefault(m => m.Success) is { } summary
                => Of([.. Matches(AptLine(), lines)], Count(summary.Groups[1].Value) + Count(summary.Groups[2].Value), l => l.Contains("-security", StringComparison.OrdinalIgnoreCase) || l.Contains("Debian-Security", StringComparison.Ordinal)),
            ("apk", 0) => Of([.. Matches(ApkLine(), lines)], null, null),
            ("dnf", 0 or 100) => Of([.. Matches(DnfLine(), lines.TakeWhile(l => !l.StartsWith("Obsoleting", StringComparison.Ordinal)))], null, null),
            _ => null,
        };

        PackageUpdates Of(IReadOnlyList<(string Name, string Line)> found, int? counted, Func<string, bool>? isSecurity) => new(
            tool, Math.Max(counted ?? 0, found.Count), isSecurity is null ? null : found.Count(f => isSecurity(f.Line)), [.. found.Select(f => f.Name).Take(MostNames)], listsAt);
    }

    private static int Count(string text) => ProcFigures.Whole(text) is { } count and < 100_000 ? (int)count : 0;

    private static IEnumerable<(string Name, string Line)> Matches(Regex line, IEnumerable<string> lines) =>
        lines.Select(l => (Match: line.Match(l), Line: l)).Where(m => m.Match.Success).Select(m => (m.Match.Groups[1].Value, m.Line)).DistinctBy(m => m.Value).Take(5000);

    [GeneratedRegex(@"\AInst ([a-z0-9][a-z0-9.+:-]{0,127}) ", RegexOptions.NonBacktracking)]
    private static partial Regex AptLine();

    [GeneratedRegex(@"\A([0-9]{1,6}) upgraded, ([0-9]{1,6}) newly installed", RegexOptions.NonBacktracking)]
    private static partial Regex AptSummary();

    // name-1.2-r0 x86_64 {origin} (licence) [upgradable from: name-1.1-r0]
    [GeneratedRegex(@"\A([A-Za-z0-9][A-Za-z0-9._+-]{0,127})-[0-9][^ ]* .*\[upgradable from: ", RegexOptions.NonBacktracking)]
    private static partial Regex ApkLine();

    // name.arch  version  repository
    [GeneratedRegex(@"\A([A-Za-z0-9][A-Za-z0-9._+-]{0,127})\.[a-z0-9_]+ +[^ ]+ +[^ ]+ *\z", RegexOptions.NonBacktracking)]
    private static partial Regex DnfLine();
}
