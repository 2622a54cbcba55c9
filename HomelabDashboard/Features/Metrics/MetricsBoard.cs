using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Metrics;

/// <summary>The last reading of each host and the hour before it, live. Singleton.</summary>
public sealed class MetricsBoard(LiveStore<string, HostReading> live)
{
    private const int MostPoints = 720;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    public LiveStore<string, HostReading> Live => live;

    internal void Add(string hostId, MetricSample sample) => live.Update(hostId, before =>
    {
        var since = sample.CollectedAt - Kept;
        IReadOnlyList<MetricPoint> recent = before?.Recent ?? [];
        if (recent.Count > 0 && recent[^1].At >= sample.CollectedAt)
        {
            // The clock was set back: what it called later is not shown as the past.
            recent = [.. recent.TakeWhile(p => p.At < sample.CollectedAt)];
        }

        var skip = Math.Max(recent.Count + 1 - MostPoints, 0);
        while (skip < recent.Count && recent[skip].At < since)
        {
            skip++;
        }

        var points = new MetricPoint[recent.Count - skip + 1];
        for (var i = skip; i < recent.Count; i++)
        {
            points[i - skip] = recent[i];
        }

        points[^1] = PointOf(sample);
        return new HostReading(sample, points);
    });

    private static MetricPoint PointOf(MetricSample sample) => new(
        sample.CollectedAt, sample.CpuUsagePercent, sample.MemoryUsagePercent, sample.Root?.UsagePercent,
        sample.NetworkReceiveRate, sample.NetworkTransmitRate, sample.DiskReadRate, sample.DiskWriteRate,
        sample.CpuTemperature, sample.CpuLoad1m);
}
