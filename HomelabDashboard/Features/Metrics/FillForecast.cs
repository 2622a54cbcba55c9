namespace HomelabDashboard.Features.Metrics;

/// <summary>When a filesystem will be full if it goes on as it did.</summary>
/// <param name="FullIn">From the last reading on; null where it does not fill, or that is not known.</param>
/// <param name="GigabytesPerDay">How fast it fills; null as <paramref name="FullIn"/>.</param>
public sealed record FillForecast(FillTrend Trend, TimeSpan? FullIn, double? GigabytesPerDay)
{
    public static readonly FillForecast Unknown = new(FillTrend.Unknown, null, null);
    public static readonly FillForecast Steady = new(FillTrend.Steady, null, null);

    private const int Hour = MetricRoller.Hour;
    private const double MebibytesPerGigabyte = 1024;

    /// <summary>What lies further away is nothing to plan for.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(730);

    /// <summary>From how long on a rise is not just the course of a day.</summary>
    private static readonly TimeSpan ShortestHistory = TimeSpan.FromDays(1);
    private const int FewestPoints = 8;

    /// <summary>Of two points of time, the later one has less room: in this many more pairs than the other way round, of all pairs.</summary>
    private const double ClearTrend = 0.6;

    /// <summary>
    /// What fills for weeks, and what began to fill lately, are looked for apart; the sooner end counts. The rate is the median over all
    /// pairs of points, so that one large copy or one clearing up is not taken for a trend.
    /// </summary>
    /// <param name="hours">Start in unix seconds and room in mebibytes, in order.</param>
    /// <param name="availableMb">At the last reading.</param>
    /// <param name="now">Of the last reading, UTC.</param>
    internal static FillForecast Of(IReadOnlyList<(long Start, double AvailableMb)> hours, double availableMb, DateTime now)
    {
        var until = MetricRoller.StepOf(now, Hour);
        hours = [.. hours.Where(h => h.Start <= until)];
        if (hours.Count < FewestPoints || hours[^1].Start - hours[0].Start < ShortestHistory.TotalSeconds)
        {
            return Unknown;
        }

        var lately = Rate([.. hours.Where(h => h.Start > until - (3 * 24 * Hour))]);
        var overall = Rate([.. hours.GroupBy(h => h.Start / (6 * Hour)).Select(g => (g.Key * 6 * Hour, g.Average(h => h.AvailableMb)))]);
        var mbPerSecond = Math.Max(lately, overall);
        var seconds = availableMb / mbPerSecond;
        return mbPerSecond > 0 && seconds <= Horizon.TotalSeconds
            ? new FillForecast(FillTrend.Filling, TimeSpan.FromSeconds(seconds), mbPerSecond * 86400 / MebibytesPerGigabyte)
            : Steady;
    }

    /// <summary>Mebibytes a second that go; 0 where that is no clear trend.</summary>
    private static double Rate(IReadOnlyList<(long Start, double AvailableMb)> points)
    {
        if (points.Count < FewestPoints)
        {
            return 0;
        }

        var rates = new double[points.Count * (points.Count - 1) / 2];
        var (next, trend) = (0, 0);
        for (var i = 1; i < points.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var gone = points[j].AvailableMb - points[i].AvailableMb;
                trend += Math.Sign(gone);
                rates[next++] = gone / (points[i].Start - points[j].Start);
            }
        }

        Array.Sort(rates);
        return trend > rates.Length * ClearTrend ? Math.Max(0, rates[rates.Length / 2]) : 0;
    }
}

public enum FillTrend
{
    /// <summary>There is less than a day of readings.</summary>
    Unknown,

    /// <summary>It does not fill, or not within two years.</summary>
    Steady,

    Filling,
}
