namespace HomelabDashboard.Features.Metrics;

/// <summary>What is known of a host now: its last reading, and the last hour for sparklines and charts.</summary>
/// <param name="Recent">Oldest first, at most an hour.</param>
public sealed record HostReading(MetricSample Latest, IReadOnlyList<MetricPoint> Recent);

/// <summary>The figures of one reading that are drawn over time.</summary>
public sealed record MetricPoint(
    DateTime At,
    double? CpuUsagePercent,
    double? MemoryUsagePercent,
    double? DiskRootUsagePercent,
    double? NetworkReceiveRate,
    double? NetworkTransmitRate,
    double? DiskReadRate,
    double? DiskWriteRate,
    double? CpuTemperature,
    double? CpuLoad1m);
