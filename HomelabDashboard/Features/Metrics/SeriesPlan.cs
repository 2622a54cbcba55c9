namespace HomelabDashboard.Features.Metrics;

/// <summary>From which steps a chart is drawn, and how wide its points are.</summary>
/// <param name="Step">Length in seconds of the steps that are read; 0 for raw readings.</param>
/// <param name="Resolution">Length in seconds of a point, a multiple of the step.</param>
internal sealed record SeriesPlan(int Step, int Resolution)
{
    /// <summary>From here on the 5-minute steps tell as much, and are many fewer rows.</summary>
    private const int CoarseEnough = MetricRoller.FiveMinutes / 2;

    /// <summary>What has just been asked for may be pruned in this moment.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <param name="points">At most so many; at least 2.</param>
    /// <param name="interval">Between two readings, in seconds.</param>
    public static SeriesPlan Of(DateTime from, DateTime to, int points, DateTime now, double interval, MetricsOptions options)
    {
        // One more point than spans fit in between, because the first and the last are cut.
        var wanted = Math.Max((long)Math.Ceiling(interval), (long)Math.Ceiling((to - from).TotalSeconds / Math.Max(1, points - 1)));
        var step = wanted < CoarseEnough && from >= options.KeepRawFrom(now) - Slack ? 0
            : wanted < MetricRoller.Hour && from >= options.KeepFiveMinutesFrom(now) - Slack ? MetricRoller.FiveMinutes
            : MetricRoller.Hour;
        var resolution = step == 0 ? wanted : (Math.Max(wanted, step) + step - 1) / step * step;
        return new SeriesPlan(step, (int)Math.Min(resolution, int.MaxValue / MetricRoller.Hour * MetricRoller.Hour));
    }
}
