using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Metrics;

/// <summary>Finds out whether a host waits to be rebooted: by its own note, or by a kernel that is installed and does not run.</summary>
internal static partial class RebootNeeds
{
    private const int MostReasons = 20;

    /// <param name="packages">Lines of <c>/run/reboot-required.pkgs</c>.</param>
    /// <param name="running">The running kernel's release.</param>
    /// <returns>Null when neither a note nor an installed kernel tells.</returns>
    public static RebootNeed? Read(MetricFrame frame, IReadOnlyList<string> packages, string? running)
    {
        var kernels = frame.Section("kernels").Select(k => ProcFigures.Clean(k, 100)).OfType<string>().Distinct(StringComparer.Ordinal).Take(100).ToList();
        var newer = running is null ? null : kernels.Where(k => Flavour(k) == Flavour(running) && Compare(k, running) > 0).Order(Comparer<string>.Create(Compare)).LastOrDefault();
        var reasons = packages.Select(p => ProcFigures.Clean(p, 100)).OfType<string>().Distinct(StringComparer.Ordinal).Take(MostReasons).ToList();
        if (newer is not null)
        {
            reasons.Insert(0, $"kernel {newer} is installed, {running} runs");
        }

        if (frame.Has("reboot") || newer is not null)
        {
            return new(true, reasons);
        }

        // Where the running kernel is none of the installed ones, such as in a container, the others say nothing.
        return running is not null && kernels.Contains(running, StringComparer.Ordinal) ? new(false, []) : null;
    }

    /// <summary>What is not a number: kernels of different kinds, such as for the cloud or of a vendor, do not follow each other.</summary>
    private static string Flavour(string release) => string.Concat(release.Where(char.IsLetter));

    private static int Compare(string a, string b)
    {
        var (left, right) = (Numbers(a), Numbers(b));
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (left[i].CompareTo(right[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private static List<long> Numbers(string release) => [.. Digits().Matches(release).Select(m => long.Parse(m.ValueSpan, System.Globalization.CultureInfo.InvariantCulture))];

    [GeneratedRegex("[0-9]{1,18}", RegexOptions.NonBacktracking)]
    private static partial Regex Digits();
}
