namespace HomelabDashboard.Features.Terminals;

/// <summary>One terminal on one host, from its start to its end.</summary>
public sealed class TerminalSession
{
    public required string Id { get; set; }

    public required string HostId { get; set; }

    public required string HostName { get; set; }

    public required string HostIp { get; set; }

    /// <summary>The id in docker_containers of the container that it is inside of; null for the host itself. It may be gone.</summary>
    public int? ContainerId { get; set; }

    public string? ContainerName { get; set; }

    public int? UserId { get; set; }

    public string? Username { get; set; }

    public required string TokenHash { get; set; }

    public int TtydPort { get; set; }

    public int? TtydPid { get; set; }

    /// <summary>When that process started, in the kernel's clock ticks since boot: a pid alone may be somebody else's by now.</summary>
    public long? TtydStartTicks { get; set; }

    public SessionMode Mode { get; set; }

    public SessionStatus Status { get; set; } = SessionStatus.Active;

    public SessionEndReason? ReasonClosed { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime LastSeenAt { get; set; }

    public DateTime ExpiresAt { get; set; }

    public DateTime? ClosedAt { get; set; }

    /// <summary>How it ended, in a sentence for a person: what the reason's word alone does not say, such as that its host was deleted.</summary>
    public string? ClosedDetail { get; set; }
}
