namespace HomelabDashboard.Features.Metrics;

/// <summary>What one step of a roll-up says of the readings, or of the shorter steps, in it.</summary>
internal static class RollupFigures
{
    /// <summary>Beyond any figure that is one; what a host makes up must not overflow.</summary>
    private const double Largest = 1e15;

    public static void Fill(HostMetricRollup step, IReadOnlyCollection<RawReading> readings)
    {
        step.Count = readings.Count;
        step.UptimeSeconds = readings.Min(r => r.UptimeSeconds);
        foreach (var column in RolledColumn.All)
        {
            var values = readings.Select(column.Raw).OfType<double>().ToList();
            Set(column.Rolled(step), values.Count == 0 ? null : (values.Min() * column.Scale, values.Average() * column.Scale, values.Max() * column.Scale));
        }
    }

    public static void Fill(HostMetricRollup step, IReadOnlyCollection<HostMetricRollup> shorter)
    {
        step.Count = shorter.Sum(s => s.Count);
        step.UptimeSeconds = shorter.Min(s => s.UptimeSeconds);
        foreach (var column in RolledColumn.All)
        {
            var known = shorter.Where(s => column.Rolled(s).Mean is not null).ToList();
            Set(column.Rolled(step), known.Count == 0 ? null : (
                known.Min(s => column.Rolled(s).Minimum!.Value),
                known.Sum(s => (double)column.Rolled(s).Mean!.Value * s.Count) / known.Sum(s => s.Count),
                known.Max(s => column.Rolled(s).Maximum!.Value)));
        }
    }

    private static void Set(RolledFigure figure, (double Minimum, double Mean, double Maximum)? values)
    {
        figure.Minimum = Whole(values?.Minimum);
        figure.Mean = Whole(values?.Mean);
        figure.Maximum = Whole(values?.Maximum);
    }

    private static long? Whole(double? value) => value is { } v ? (long)Math.Round(Math.Clamp(v, -Largest, Largest)) : null;
}
