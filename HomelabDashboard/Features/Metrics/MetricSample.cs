using HomelabDashboard.Features.Metrics.Inventory;

namespace HomelabDashboard.Features.Metrics;

/// <summary>One reading of a host. Null is unknown, never zero.</summary>
public sealed record MetricSample
{
    /// <summary>UTC, by the dashboard's clock.</summary>
    public required DateTime CollectedAt { get; init; }

    public int? CpuCount { get; init; }

    public string? CpuModel { get; init; }

    public int? CpuCores { get; init; }

    public int? CpuThreads { get; init; }

    public int? CpuThreadsPerCore { get; init; }

    public int? CpuSockets { get; init; }

    public double? CpuMhz { get; init; }

    public double? CpuMaxMhz { get; init; }

    public double? CpuMinMhz { get; init; }

    public double? CpuLoad1m { get; init; }

    public double? CpuLoad5m { get; init; }

    public double? CpuLoad15m { get; init; }

    /// <summary>0 to 100 over all processors, since the reading before.</summary>
    public double? CpuUsagePercent { get; init; }

    /// <summary>Degrees Celsius.</summary>
    public double? CpuTemperature { get; init; }

    public int? MemoryTotalMb { get; init; }

    public int? MemoryUsedMb { get; init; }

    public int? MemoryFreeMb { get; init; }

    public double? MemoryUsagePercent { get; init; }

    public int? SwapTotalMb { get; init; }

    public int? SwapUsedMb { get; init; }

    public double? SwapUsagePercent { get; init; }

    /// <summary>Every mounted disk, the root first; empty where none could be read.</summary>
    public IReadOnlyList<Filesystem> Filesystems { get; init; } = [];

    public IReadOnlyList<NetworkInterfaceReading> Interfaces { get; init; } = [];

    /// <summary>Bytes a second over all real interfaces, since the reading before.</summary>
    public double? NetworkReceiveRate { get; init; }

    public double? NetworkTransmitRate { get; init; }

    /// <summary>Bytes a second over all whole disks, since the reading before.</summary>
    public double? DiskReadRate { get; init; }

    public double? DiskWriteRate { get; init; }

    public string? OsName { get; init; }

    public string? OsVersion { get; init; }

    public string? KernelVersion { get; init; }

    public string? Hostname { get; init; }

    public long? UptimeSeconds { get; init; }

    public int? CollectionDurationMs { get; init; }

    /// <summary>Every sensor of the host's, at its last full reading.</summary>
    public IReadOnlyList<TemperatureReading> Temperatures { get; init; } = [];

    /// <summary>Null where it cannot be told.</summary>
    public RebootNeed? Reboot { get; init; }

    /// <summary>Null until it was read.</summary>
    public HostInventory? Inventory { get; init; }

    public Filesystem? Root => Filesystems.FirstOrDefault(f => f.Mount == "/");

    /// <summary>The fullest one.</summary>
    public Filesystem? Fullest => Filesystems.MaxBy(f => f.UsagePercent);
}

/// <param name="UsagePercent">0 to 100, of what users may fill, as <c>df</c> counts it.</param>
/// <param name="AvailableGb">What users may still write; null in readings of earlier versions.</param>
public sealed record Filesystem(string Mount, string Device, string Type, double TotalGb, double UsedGb, double UsagePercent, double? AvailableGb = null);

/// <param name="Up">Null where the host does not tell.</param>
/// <param name="ReceiveRate">Bytes a second since the reading before.</param>
/// <param name="IsVirtual">Neither hardware (or a hypervisor's) nor an uplink of the host's own: bridges, tunnels, ends of containers' cables.</param>
/// <param name="Mac">Null where it has none.</param>
/// <param name="SpeedMbit">Of the link, in megabits a second.</param>
/// <param name="FullDuplex">Null where the link is down or has none.</param>
/// <param name="ReceiveErrors">Packets since the host started; the dropped ones are counted apart.</param>
public sealed record NetworkInterfaceReading(
    string Name, bool? Up, IReadOnlyList<string> Addresses, double? ReceiveRate, double? TransmitRate, bool IsVirtual = false, string? Mac = null,
    int? SpeedMbit = null, bool? FullDuplex = null, int? Mtu = null, long? ReceiveErrors = null, long? TransmitErrors = null, long? ReceiveDropped = null,
    long? TransmitDropped = null);

/// <param name="Sensor">The chip or zone, such as <c>coretemp</c>.</param>
/// <param name="Label">Its own name for the place; null where it has none.</param>
/// <param name="CriticalCelsius">From where on the hardware saves itself; null where it does not tell.</param>
public sealed record TemperatureReading(string Sensor, string? Label, double Celsius, double? CriticalCelsius);

/// <param name="Reasons">What waits for it: packages or a kernel.</param>
public sealed record RebootNeed(bool Needed, IReadOnlyList<string> Reasons);
