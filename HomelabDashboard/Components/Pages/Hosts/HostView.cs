using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;

namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>A host with its figures, as lists show it. A change of either makes another object.</summary>
public sealed class HostView(HostSummary host, HostReading? reading)
{
    public HostSummary Host => host;

    public HostReading? Reading => reading;

    public IReadOnlyList<HostProblem> Problems { get; } = HostProblems.Of(host, reading);

    public Thresholds Limits => Thresholds.Of(host);

    public IReadOnlyList<double?> CpuLine { get; } = reading is null ? [] : [.. reading.Recent.Select(p => p.CpuUsagePercent)];

    public StatusLook Look => HostProblems.Look(host, Problems);

    /// <summary>The figures are of a time that has passed.</summary>
    public bool Stale => host.Status is not (HostStatus.Online or HostStatus.Degraded);

    /// <summary>What is known now: null when stale, so that no old figure passes for a present one.</summary>
    public MetricSample? Now => Stale ? null : reading?.Latest;

    public double? Cpu => Now?.CpuUsagePercent;

    public double? Memory => Now?.MemoryUsagePercent;

    /// <summary>Of the fullest filesystem.</summary>
    public double? Disk => Now?.Fullest?.UsagePercent;

    public double? Temperature => Now?.CpuTemperature;

    /// <summary>Such as <c>Debian 13</c>; null where the host does not tell.</summary>
    public static string? System(MetricSample sample) =>
        sample.OsName is { } name ? $"{name.Replace(" GNU/Linux", "", StringComparison.Ordinal)} {sample.OsVersion}".TrimEnd() : null;

    public double? Network => Now is { } now ? now.NetworkReceiveRate + now.NetworkTransmitRate : null;
}
