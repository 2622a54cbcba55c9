namespace HomelabDashboard.Features.Docker;

/// <summary>A group of a user's favourite containers.</summary>
public sealed class FavoriteGroup
{
    public int Id { get; set; }

    public int? UserId { get; set; }

    public required string Name { get; set; }

    public int SortOrder { get; set; }

    public string? Color { get; set; }

    public string? IconKey { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }
}
