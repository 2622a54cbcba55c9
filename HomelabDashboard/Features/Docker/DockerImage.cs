namespace HomelabDashboard.Features.Docker;

/// <summary>An image as its engine last described it.</summary>
public sealed class DockerImage
{
    public int Id { get; set; }

    public required string HostId { get; set; }

    public required string ImageId { get; set; }

    public string? RepoTags { get; set; }

    public long? Size { get; set; }

    public DateTime? Created { get; set; }

    public DateTime LastUpdateAt { get; set; }
}
