namespace HomelabDashboard.Features.Docker;

/// <summary>An image as pages and programs see it.</summary>
/// <param name="ImageId">64 hexadecimal digits.</param>
/// <param name="RepoTags">Such as <c>jellyfin/jellyfin:10.11</c>; none: nothing names it any more.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Created">When it was built, UTC.</param>
public sealed record ImageSummary(int Id, string HostId, string ImageId, IReadOnlyList<string> RepoTags, long? Size, DateTime? Created, DateTime LastUpdateAt);

/// <summary>A volume as pages and programs see it.</summary>
public sealed record VolumeSummary(int Id, string HostId, string Name, string? Driver, string? Mountpoint, string? Scope, DateTime LastUpdateAt);

/// <summary>The images or volumes of a host are others now.</summary>
public sealed record StoredChange(DateTime At);
