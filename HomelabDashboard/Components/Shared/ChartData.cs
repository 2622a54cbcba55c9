namespace HomelabDashboard.Components.Shared;

/// <summary>What a <see cref="TimeChart"/> draws: one column of times and one of values for each series.</summary>
/// <param name="Times">Unix seconds, ascending.</param>
/// <param name="Values">By series, each as long as <paramref name="Times"/>; null is a gap.</param>
public sealed record ChartData(IReadOnlyList<double> Times, IReadOnlyList<IReadOnlyList<double?>> Values)
{
    /// <summary>Where a point stands for many readings: first the minima by series, then the maxima; else empty.</summary>
    public IReadOnlyList<IReadOnlyList<double?>> Band { get; init; } = [];

    /// <summary>The next data has the same points and further ones after them.</summary>
    public bool Grows { get; init; }

    /// <summary>What happened meanwhile, each a line across the chart.</summary>
    public IReadOnlyList<ChartMark> Marks { get; init; } = [];

    /// <summary>Columns of <paramref name="points"/>, with a gap wherever two of them are further apart than <paramref name="gapAfter"/>.</summary>
    public static ChartData Of<T>(IReadOnlyList<T> points, Func<T, DateTime> time, TimeSpan gapAfter, params Func<T, double?>[] series)
    {
        var times = new List<double>(points.Count);
        var values = series.Select(_ => new List<double?>(points.Count)).ToList();
        DateTime? before = null;
        foreach (var point in points)
        {
            var at = time(point);
            if (before is { } b && at - b > gapAfter)
            {
                times.Add(Seconds(b + ((at - b) / 2)));
                values.ForEach(column => column.Add(null));
            }

            times.Add(Seconds(at));
            for (var i = 0; i < series.Length; i++)
            {
                values[i].Add(series[i](point));
            }

            before = at;
        }

        return new(times, values) { Grows = true };
    }

    public static double Seconds(DateTime utc) => (utc - DateTime.UnixEpoch).TotalSeconds;
}
