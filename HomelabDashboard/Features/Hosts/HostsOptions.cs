using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Hosts;

/// <summary>How connections are made and kept; <c>Homelab:Hosts</c>.</summary>
public sealed class HostsOptions
{
    [Range(1, 120)]
    public int ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>A silent connection is asked for a sign of life this often; after three without one it is lost.</summary>
    [Range(1, 300)]
    public int KeepAliveSeconds { get; set; } = 5;

    /// <summary>The longest wait between two attempts to reach a host that is away.</summary>
    [Range(0.1, 3600)]
    public double LongestBackoffSeconds { get; set; } = 60;

    /// <summary>At the start, the first connections are spread over this time.</summary>
    [Range(0, 600)]
    public double StartSpreadSeconds { get; set; } = 5;

    /// <summary>How long a host that was told to restart may take until it is connected again.</summary>
    [Range(1, 7200)]
    public double LongestRebootSeconds { get; set; } = 600;

    /// <summary>How long a host that was told to go down may take until it ends the connection.</summary>
    [Range(1, 3600)]
    public double LongestShutDownSeconds { get; set; } = 180;

    /// <summary>How long a host that was shut down has to be silent until it counts as off.</summary>
    [Range(0.1, 600)]
    public double ShutDownQuietSeconds { get; set; } = 30;
}
