namespace HomelabDashboard.Features.Hosts;

/// <summary>One attempt to prepare a host for automation.</summary>
public sealed class BootstrapStatus
{
    public int Id { get; set; }

    public required string HostId { get; set; }

    public required BootstrapState Status { get; set; }

    public string? AutomationUser { get; set; }

    public DateTime? LastAttempt { get; set; }

    /// <summary>What was done, in order: a JSON list of <see cref="Bootstrap.BootstrapStep"/>.</summary>
    public string Steps { get; set; } = "[]";

    public string? ErrorMessage { get; set; }

    public DateTime CreatedAt { get; set; }
}
