using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Docker;

/// <summary>When trouble with containers is said; <c>Homelab:DockerAlerts</c>.</summary>
public sealed class DockerAlertOptions
{
    /// <summary>What mends itself within this time is not said.</summary>
    [Range(0, 3600)]
    public double HoldSeconds { get; set; } = 15;

    /// <summary>The same container is notified about again only after this time: when it comes back into trouble, and while it stays in it.</summary>
    [Range(1, 100000)]
    public double NotifyAgainMinutes { get; set; } = 1440;
}
