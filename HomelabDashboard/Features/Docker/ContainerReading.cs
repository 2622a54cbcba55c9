namespace HomelabDashboard.Features.Docker;

/// <summary>What a running container uses now, and the hour before.</summary>
/// <param name="Latest">Without figures while the engine is not followed.</param>
/// <param name="MemoryLimit">Bytes; that of the host where the container has none of its own.</param>
/// <param name="Processors">How many the host has; with all of them busy the CPU is at 100 times as many percent.</param>
/// <param name="Recent">Oldest first, at most an hour.</param>
public sealed record ContainerReading(ContainerPoint Latest, double? MemoryLimit, int? Processors, IReadOnlyList<ContainerPoint> Recent)
{
    /// <summary>Share of all processors of the host, 0 to 100.</summary>
    public double? CpuOfHost => Processors is > 0 and var count ? Latest.CpuPercent / count : null;

    /// <summary>0 to 100.</summary>
    public double? MemoryPercent => MemoryLimit is > 0 and var limit ? Latest.MemoryBytes / limit * 100 : null;

    /// <summary>What it uses now is not known any more.</summary>
    public ContainerReading WithoutLatest() => this with { Latest = new(Latest.At, null, null, null, null, null, null) };
}

/// <param name="At">UTC.</param>
/// <param name="CpuPercent">Of one processor, as <c>docker stats</c> counts; null where there was no figure before.</param>
/// <param name="MemoryBytes">Without the page cache.</param>
/// <param name="NetworkReceiveRate">Bytes a second, as are the three after it.</param>
public sealed record ContainerPoint(
    DateTime At, double? CpuPercent, double? MemoryBytes, double? NetworkReceiveRate, double? NetworkTransmitRate, double? DiskReadRate, double? DiskWriteRate);
