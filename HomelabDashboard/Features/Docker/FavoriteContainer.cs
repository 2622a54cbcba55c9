namespace HomelabDashboard.Features.Docker;

/// <summary>A container that a user keeps at hand.</summary>
public sealed class FavoriteContainer
{
    public int Id { get; set; }

    public int? UserId { get; set; }

    public int DockerContainerId { get; set; }

    public int? GroupId { get; set; }

    /// <summary>Its place within its group.</summary>
    public int SortOrder { get; set; }

    public DateTime CreatedAt { get; set; }
}
