namespace HomelabDashboard.Features.Docker;

/// <summary>The icon and colours that a user gave to a container.</summary>
public sealed class ContainerCustomization
{
    public int Id { get; set; }

    public int? UserId { get; set; }

    public required string HostId { get; set; }

    public required string ContainerId { get; set; }

    /// <summary>By it a container that is made anew has the look of the one before.</summary>
    public required string ContainerName { get; set; }

    public string? IconKey { get; set; }

    public string? IconColor { get; set; }

    public string? BgColor { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }
}
