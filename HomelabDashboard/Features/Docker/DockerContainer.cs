namespace HomelabDashboard.Features.Docker;

/// <summary>A container as its engine last described it.</summary>
public sealed class DockerContainer
{
    public int Id { get; set; }

    public required string HostId { get; set; }

    public required string ContainerId { get; set; }

    public required string Name { get; set; }

    public string? Image { get; set; }

    public string State { get; set; } = "unknown";

    public string? Status { get; set; }

    public ContainerHealth? Health { get; set; }

    public DateTime? CreatedAt { get; set; }

    public string? Ports { get; set; }

    public string? Labels { get; set; }

    public string? ComposeProject { get; set; }

    public DateTime LastUpdateAt { get; set; }
}
