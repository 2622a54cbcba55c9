namespace HomelabDashboard.Features.Docker;

/// <summary>A favourite whose container is gone. It is one again as soon as its host has a container of that name.</summary>
public sealed class GoneFavorite
{
    public int Id { get; set; }

    public int? UserId { get; set; }

    public required string HostId { get; set; }

    public required string ContainerName { get; set; }

    public int? GroupId { get; set; }

    public int SortOrder { get; set; }

    public DateTime CreatedAt { get; set; }
}
