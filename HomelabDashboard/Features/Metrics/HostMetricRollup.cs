namespace HomelabDashboard.Features.Metrics;

/// <summary>
/// The readings of one host over one step of time: what charts of long ranges are drawn from. Numbers are whole ones (see
/// <see cref="RolledColumn"/> for the scales), because SQLite keeps those in as many bytes as they need.
/// </summary>
public sealed class HostMetricRollup
{
    public required string HostId { get; set; }

    /// <summary>300 or 3600.</summary>
    public required int StepSeconds { get; set; }

    /// <summary>Unix seconds, a multiple of the step.</summary>
    public required long Start { get; set; }

    /// <summary>How many readings there were.</summary>
    public int Count { get; set; }

    /// <summary>The smallest: one that is smaller than that of the step before tells of a reboot.</summary>
    public long? UptimeSeconds { get; set; }

    /// <summary>Hundredths.</summary>
    public RolledFigure CpuUsagePercent { get; set; } = new();

    /// <summary>Hundredths.</summary>
    public RolledFigure CpuLoad1m { get; set; } = new();

    /// <summary>Tenths of a degree Celsius.</summary>
    public RolledFigure CpuTemperature { get; set; } = new();

    /// <summary>Hundredths.</summary>
    public RolledFigure MemoryUsagePercent { get; set; } = new();

    /// <summary>Hundredths.</summary>
    public RolledFigure SwapUsagePercent { get; set; } = new();

    /// <summary>Hundredths.</summary>
    public RolledFigure DiskRootUsagePercent { get; set; } = new();

    /// <summary>Bytes a second.</summary>
    public RolledFigure NetworkReceiveRate { get; set; } = new();

    /// <summary>Bytes a second.</summary>
    public RolledFigure NetworkTransmitRate { get; set; } = new();

    /// <summary>Bytes a second.</summary>
    public RolledFigure DiskReadRate { get; set; } = new();

    /// <summary>Bytes a second.</summary>
    public RolledFigure DiskWriteRate { get; set; } = new();
}
