namespace HomelabDashboard.Features.Docker;

/// <summary>One trouble of one container, from its opening to its end.</summary>
public sealed class DockerAlert
{
    public long Id { get; set; }

    public required string HostId { get; set; }

    public required string ContainerName { get; set; }

    /// <summary>Null where it was opened before kinds were kept.</summary>
    public ContainerTroubleKind? Kind { get; set; }

    public DockerAlertSeverity Severity { get; set; } = DockerAlertSeverity.Warning;

    public DockerAlertState State { get; set; }

    public string? Message { get; set; }

    public DateTime OpenedAt { get; set; }

    public DateTime? ClosedAt { get; set; }

    public DateTime? AcknowledgedAt { get; set; }

    public string? AcknowledgedBy { get; set; }

    public DateTime? LastNotifiedAt { get; set; }
}
