namespace HomelabDashboard.Features.Metrics;

/// <summary>A column of host_metrics that is kept beyond the raw readings.</summary>
/// <param name="Name">In host_metrics; in host_metric_rollups with <c>_minimum</c>, <c>_mean</c> and <c>_maximum</c> after it.</param>
/// <param name="Scale">How many of the stored whole units make one of the reading's.</param>
internal sealed record RolledColumn(string Name, string Property, int Scale, Func<RawReading, double?> Raw, Func<HostMetricRollup, RolledFigure> Rolled)
{
    public static readonly IReadOnlyList<RolledColumn> All =
    [
        new("cpu_usage_percent", nameof(HostMetricRollup.CpuUsagePercent), 100, r => r.CpuUsagePercent, r => r.CpuUsagePercent),
        new("cpu_load_1m", nameof(HostMetricRollup.CpuLoad1m), 100, r => r.CpuLoad1m, r => r.CpuLoad1m),
        new("cpu_temperature", nameof(HostMetricRollup.CpuTemperature), 10, r => r.CpuTemperature, r => r.CpuTemperature),
        new("memory_usage_percent", nameof(HostMetricRollup.MemoryUsagePercent), 100, r => r.MemoryUsagePercent, r => r.MemoryUsagePercent),
        new("swap_usage_percent", nameof(HostMetricRollup.SwapUsagePercent), 100, r => r.SwapUsagePercent, r => r.SwapUsagePercent),
        new("disk_root_usage_percent", nameof(HostMetricRollup.DiskRootUsagePercent), 100, r => r.DiskRootUsagePercent, r => r.DiskRootUsagePercent),
        new("network_receive_rate", nameof(HostMetricRollup.NetworkReceiveRate), 1, r => r.NetworkReceiveRate, r => r.NetworkReceiveRate),
        new("network_transmit_rate", nameof(HostMetricRollup.NetworkTransmitRate), 1, r => r.NetworkTransmitRate, r => r.NetworkTransmitRate),
        new("disk_read_rate", nameof(HostMetricRollup.DiskReadRate), 1, r => r.DiskReadRate, r => r.DiskReadRate),
        new("disk_write_rate", nameof(HostMetricRollup.DiskWriteRate), 1, r => r.DiskWriteRate, r => r.DiskWriteRate),
    ];

    public static RolledColumn? Find(string name) => All.FirstOrDefault(c => c.Name == name);
}

/// <summary>What of a raw reading is rolled up.</summary>
internal sealed record RawReading(
    DateTime CollectedAt,
    long? UptimeSeconds,
    double? CpuUsagePercent,
    double? CpuLoad1m,
    double? CpuTemperature,
    double? MemoryUsagePercent,
    double? SwapUsagePercent,
    double? DiskRootUsagePercent,
    double? NetworkReceiveRate,
    double? NetworkTransmitRate,
    double? DiskReadRate,
    double? DiskWriteRate);
