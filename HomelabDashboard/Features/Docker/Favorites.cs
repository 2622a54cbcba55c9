namespace HomelabDashboard.Features.Docker;

/// <param name="SortOrder">Its place among the caller's groups, from 0.</param>
/// <param name="Color"><c>#rrggbb</c>.</param>
/// <param name="IconKey">As <see cref="ServiceIcons.Find"/> takes it.</param>
public sealed record FavoriteGroupRecord(int Id, string Name, int SortOrder, string? Color, string? IconKey);

/// <param name="DockerContainerId">The dashboard's own id of the container.</param>
/// <param name="GroupId">Null: it stands in no group.</param>
/// <param name="SortOrder">Its place within its group, from 0.</param>
public sealed record FavoriteRecord(int Id, int DockerContainerId, int? GroupId, int SortOrder);

/// <summary>What a user keeps at hand, each in its order.</summary>
public sealed record Favorites(IReadOnlyList<FavoriteGroupRecord> Groups, IReadOnlyList<FavoriteRecord> Containers)
{
    public static readonly Favorites None = new([], []);
}

/// <summary>The icon and the colours that a user gave to a container; null where the container's own holds.</summary>
/// <param name="IconColor"><c>#rrggbb</c>, as is <paramref name="BgColor"/>.</param>
public sealed record CustomizationRecord(string? IconKey = null, string? IconColor = null, string? BgColor = null);

/// <summary>What a person says of a group; null: as it is. An empty color or icon_key takes it away.</summary>
/// <param name="SortOrder">The place where it shall stand, from 0; the others make room.</param>
public sealed record FavoriteGroupInput(string? Name = null, string? Color = null, string? IconKey = null, int? SortOrder = null);

/// <summary>What a person says of a favourite; null: as it is.</summary>
/// <param name="GroupId">0: in no group.</param>
/// <param name="SortOrder">The place within its group where it shall stand, from 0; the others make room.</param>
public sealed record FavoriteInput(int? DockerContainerId = null, int? GroupId = null, int? SortOrder = null);

/// <summary>A user's favourites or looks are others now.</summary>
public sealed record FavoritesChange(DateTime At);
