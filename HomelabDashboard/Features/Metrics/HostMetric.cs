namespace HomelabDashboard.Features.Metrics;

/// <summary>One reading of a host. A column that the host could not tell is null, never zero.</summary>
public sealed class HostMetric
{
    public long Id { get; set; }

    public required string HostId { get; set; }

    public required string MetricType { get; set; }

    public int? CpuCount { get; set; }

    public string? CpuModel { get; set; }

    public int? CpuCores { get; set; }

    public int? CpuThreads { get; set; }

    public int? CpuThreadsPerCore { get; set; }

    public int? CpuSockets { get; set; }

    public double? CpuMhz { get; set; }

    public double? CpuMaxMhz { get; set; }

    public double? CpuMinMhz { get; set; }

    public double? CpuLoad1m { get; set; }

    public double? CpuLoad5m { get; set; }

    public double? CpuLoad15m { get; set; }

    public double? CpuUsagePercent { get; set; }

    public double? CpuTemperature { get; set; }

    public int? MemoryTotalMb { get; set; }

    public int? MemoryUsedMb { get; set; }

    public int? MemoryFreeMb { get; set; }

    public double? MemoryUsagePercent { get; set; }

    public int? SwapTotalMb { get; set; }

    public int? SwapUsedMb { get; set; }

    public double? SwapUsagePercent { get; set; }

    public string? DiskInfo { get; set; }

    public string DiskDevices { get; set; } = "[]";

    public double? DiskRootTotalGb { get; set; }

    public double? DiskRootUsedGb { get; set; }

    public double? DiskRootUsagePercent { get; set; }

    public string? LvmInfo { get; set; }

    public string? ZfsInfo { get; set; }

    public string? StorageDetails { get; set; }

    public string? OsName { get; set; }

    public string? OsVersion { get; set; }

    public string? KernelVersion { get; set; }

    public string? Hostname { get; set; }

    public long? UptimeSeconds { get; set; }

    public string? UptimeHuman { get; set; }

    /// <summary>Bytes a second over all real interfaces, since the reading before.</summary>
    public double? NetworkReceiveRate { get; set; }

    public double? NetworkTransmitRate { get; set; }

    /// <summary>Bytes a second over all whole disks, since the reading before.</summary>
    public double? DiskReadRate { get; set; }

    public double? DiskWriteRate { get; set; }

    public string? NetworkInfo { get; set; }

    public string? RawData { get; set; }

    public string? CollectionSource { get; set; }

    public int? CollectionDurationMs { get; set; }

    public string? ErrorMessage { get; set; }

    public DateTime CollectedAt { get; set; }

    public DateTime CreatedAt { get; set; }
}
