using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Docker;

/// <summary>How container engines are followed; <c>Homelab:Docker</c>.</summary>
public sealed class DockerOptions
{
    /// <summary>How often everything is looked at anew, though events tell of each change.</summary>
    [Range(1, 86400)]
    public double FullCheckSeconds { get; set; } = 180;

    /// <summary>How often the figures of running containers are taken.</summary>
    [Range(0.5, 3600)]
    public double StatsIntervalSeconds { get; set; } = 30;

    /// <summary>The longest wait before a host without an engine that answers is asked again.</summary>
    [Range(0.1, 86400)]
    public double LongestBackoffSeconds { get; set; } = 60;
}
