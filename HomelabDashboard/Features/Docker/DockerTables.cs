using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.DockerEngine;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Docker;

/// <summary>Writes what engines tell into docker_containers, docker_images and docker_volumes; what is gone goes. Singleton.</summary>
public sealed class DockerTables(IDbContextFactory<HomelabDbContext> databases, DockerBoard board, TimeProvider time)
{
    private const int MostOfAKind = 10_000;
    private const int MostLabels = 200;
    private const int LongestLabel = 4096;
    private const int MostPorts = 200;
    private static readonly TimeSpan GoneFavoritesKept = TimeSpan.FromDays(90);

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly HashSet<string> States =
        ["created", "running", "paused", "restarting", "removing", "exited", "dead", "configured", "initialized", "stopped", "stopping"];

    /// <summary>Every container of hosts that are not deleted, as last written.</summary>
    internal async Task<IReadOnlyList<ContainerSummary>> ReadContainersAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<DockerContainer>().AsNoTracking().Where(c => db.Set<Host>().Any(h => h.Id == c.HostId)).ToListAsync(cancellationToken);
        return [.. rows.Select(r => ToSummary(r, null, null))];
    }

    /// <summary>Writes containers of a host.</summary>
    /// <param name="asked">The ids that were asked for: rows of those that are not there go. Null: all of the host were.</param>
    /// <returns>Those that are there, and the ids of the rows that went.</returns>
    internal async Task<(IReadOnlyList<ContainerSummary> There, IReadOnlyList<int> Gone)> SaveContainersAsync(
        string hostId, IReadOnlyCollection<string>? asked, IReadOnlyList<(EngineContainer Container, EngineInspect? Inspect)> seen, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = db.Set<DockerContainer>().Where(c => c.HostId == hostId);
        var known = await (asked is null ? query : query.Where(c => asked.Contains(c.ContainerId))).ToDictionaryAsync(c => c.ContainerId, StringComparer.Ordinal, cancellationToken);
        var came = new List<DockerContainer>();
        var there = new List<(DockerContainer Row, EngineInspect? Inspect, string? ImageId)>();
        foreach (var (container, inspect) in seen.Where(s => EngineName.IsContainerId(s.Container.Id)).DistinctBy(s => s.Container.Id, StringComparer.Ordinal).Take(MostOfAKind))
        {
            if (!known.Remove(container.Id, out var row))
            {
                row = new DockerContainer { HostId = hostId, ContainerId = container.Id, Name = "" };
                db.Add(row);
            }

            var before = row.Name;
            Fill(row, container, inspect);
            there.Add((row, inspect, EngineName.IsImageId(container.ImageId) ? ImageKey(container.ImageId!) : null));
            if (row.Name != before)
            {
                came.Add(row);
            }
        }

        await KeepFavoritesAsync(db, [.. known.Values], cancellationToken);
        db.RemoveRange(known.Values);
        await SaveAsync<DockerContainer>(db, (row, now) => row.LastUpdateAt = now, cancellationToken);
        await ReviveFavoritesAsync(db, hostId, came, cancellationToken);
        return ([.. there.Select(t => ToSummary(t.Row, t.Inspect, t.ImageId))], [.. known.Values.Select(r => r.Id)]);
    }

    /// <returns>Whether anything changed.</returns>
    internal async Task<bool> SaveImagesAsync(string hostId, IReadOnlyList<EngineImage> seen, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.Set<DockerImage>().Where(i => i.HostId == hostId).ToDictionaryAsync(i => i.ImageId, StringComparer.Ordinal, cancellationToken);
        foreach (var image in seen.Where(i => EngineName.IsImageId(i.Id)).DistinctBy(i => ImageKey(i.Id), StringComparer.Ordinal).Take(MostOfAKind))
        {
            var id = ImageKey(image.Id);
            if (!known.Remove(id, out var row))
            {
                row = new DockerImage { HostId = hostId, ImageId = id };
                db.Add(row);
            }

            var tags = (image.RepoTags ?? []).Where(t => t != "<none>:<none>" && t.Length <= 512).Take(MostLabels).ToList();
            (row.RepoTags, row.Size, row.Created) = (JsonSerializer.Serialize(tags, Json), image.Size, UnixTime(image.Created));
        }

        db.RemoveRange(known.Values);
        return await SaveAsync<DockerImage>(db, (row, now) => row.LastUpdateAt = now, cancellationToken);
    }

    /// <returns>Whether anything changed.</returns>
    internal async Task<bool> SaveVolumesAsync(string hostId, IReadOnlyList<EngineVolume> seen, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.Set<DockerVolume>().Where(v => v.HostId == hostId).ToDictionaryAsync(v => v.Name, StringComparer.Ordinal, cancellationToken);
        foreach (var volume in seen.Where(v => EngineName.IsName(v.Name)).DistinctBy(v => v.Name, StringComparer.Ordinal).Take(MostOfAKind))
        {
            if (!known.Remove(volume.Name, out var row))
            {
                row = new DockerVolume { HostId = hostId, Name = volume.Name };
                db.Add(row);
            }

            (row.Driver, row.Mountpoint, row.Scope) = (Cut(volume.Driver, 50), Cut(volume.Mountpoint, 4096), Cut(volume.Scope, 20));
        }

        db.RemoveRange(known.Values);
        return await SaveAsync<DockerVolume>(db, (row, now) => row.LastUpdateAt = now, cancellationToken);
    }

    /// <summary>The host takes no part any more.</summary>
    internal async Task ForgetAsync(string hostId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await KeepFavoritesAsync(db, await db.Set<DockerContainer>().Where(c => c.HostId == hostId).ToListAsync(cancellationToken), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await db.Set<DockerContainer>().Where(c => c.HostId == hostId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<DockerImage>().Where(i => i.HostId == hostId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<DockerVolume>().Where(v => v.HostId == hostId).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>What is a favourite shall be one again when its container comes back under the same name, as after an update of its image.</summary>
    private async Task KeepFavoritesAsync(HomelabDbContext db, List<DockerContainer> going, CancellationToken cancellationToken)
    {
        if (going.Count == 0)
        {
            return;
        }

        var byId = going.ToDictionary(c => c.Id);
        var favorites = await db.Set<FavoriteContainer>().AsNoTracking().Where(f => byId.Keys.Contains(f.DockerContainerId)).ToListAsync(cancellationToken);
        if (favorites.Count == 0)
        {
            return;
        }

        var before = time.GetUtcNow().UtcDateTime - GoneFavoritesKept;
        await db.Set<GoneFavorite>().Where(g => g.CreatedAt < before).ExecuteDeleteAsync(cancellationToken);
        foreach (var favorite in favorites)
        {
            var container = byId[favorite.DockerContainerId];
            if (!await db.Set<GoneFavorite>().AnyAsync(g => g.UserId == favorite.UserId && g.HostId == container.HostId && g.ContainerName == container.Name, cancellationToken))
            {
                db.Add(new GoneFavorite { UserId = favorite.UserId, HostId = container.HostId, ContainerName = container.Name, GroupId = favorite.GroupId, SortOrder = favorite.SortOrder });
            }
        }
    }

    /// <param name="came">Rows that are new, or have another name now.</param>
    private async Task ReviveFavoritesAsync(HomelabDbContext db, string hostId, List<DockerContainer> came, CancellationToken cancellationToken)
    {
        if (came.Count == 0)
        {
            return;
        }

        var gone = await db.Set<GoneFavorite>().Where(g => g.HostId == hostId).ToListAsync(cancellationToken);
        foreach (var favorite in gone)
        {
            if (came.FirstOrDefault(c => c.Name == favorite.ContainerName) is not { } container)
            {
                continue;
            }

            db.Remove(favorite);
            if (!await db.Set<FavoriteContainer>().AnyAsync(f => f.UserId == favorite.UserId && f.DockerContainerId == container.Id, cancellationToken))
            {
                db.Add(new FavoriteContainer { UserId = favorite.UserId, DockerContainerId = container.Id, GroupId = favorite.GroupId, SortOrder = favorite.SortOrder });
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var user in gone.Where(g => db.Entry(g).State == EntityState.Detached && g.UserId is not null).Select(g => g.UserId!.Value).Distinct())
        {
            board.Favorites.Set(user, new(time.GetUtcNow().UtcDateTime));
        }
    }

    /// <summary>Rows that did not change are not written.</summary>
    private async Task<bool> SaveAsync<T>(HomelabDbContext db, Action<T, DateTime> stamp, CancellationToken cancellationToken)
        where T : class
    {
        db.ChangeTracker.DetectChanges();
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var entry in db.ChangeTracker.Entries<T>().Where(e => e.State is EntityState.Added or EntityState.Modified))
        {
            stamp(entry.Entity, now);
        }

        return await db.SaveChangesAsync(cancellationToken) > 0;
    }

    /// <summary>By what the list of containers says, such as <c>Up 2 hours (unhealthy)</c>.</summary>
    internal static bool IsUnhealthy(EngineContainer container) => container.Status?.EndsWith("(unhealthy)", StringComparison.Ordinal) is true;

    private static void Fill(DockerContainer row, EngineContainer container, EngineInspect? inspect)
    {
        var labels = (container.Labels ?? new Dictionary<string, string>())
            .Where(l => l.Key.Length <= LongestLabel && l.Value is { Length: <= LongestLabel })
            .OrderBy(l => l.Key, StringComparer.Ordinal).Take(MostLabels).ToDictionary(StringComparer.Ordinal);
        var state = inspect?.State?.Status ?? container.State;
        row.Name = NameOf(container);
        row.Image = Cut(container.Image, 255);
        row.State = state is not null && States.Contains(state) ? state : "unknown";
        row.Status = Cut(container.Status, 255);
        row.Health = inspect?.State?.Health?.Status switch
        {
            "healthy" => ContainerHealth.Healthy,
            "unhealthy" => ContainerHealth.Unhealthy,
            "starting" => ContainerHealth.Starting,
            _ when inspect is not null => null,
            _ => row.Health,
        };
        row.CreatedAt = UnixTime(container.Created);
        row.Ports = JsonSerializer.Serialize(PortsOf(container), Json);
        row.Labels = JsonSerializer.Serialize(labels, Json);
        row.ComposeProject = Cut(labels.GetValueOrDefault("com.docker.compose.project") ?? labels.GetValueOrDefault("io.podman.compose.project"), 255);
    }

    private static List<ContainerPort> PortsOf(EngineContainer container) =>
        [.. (container.Ports ?? []).Where(p => p.PrivatePort is > 0 and <= ushort.MaxValue && p.PublicPort is null or (> 0 and <= ushort.MaxValue))
            .Select(p => new ContainerPort(Cut(p.Ip, 64), p.PrivatePort, p.PublicPort, p.Type is "udp" or "sctp" ? p.Type : "tcp"))
            .OrderBy(p => p.PublicPort is null).ThenBy(p => p.PublicPort ?? p.PrivatePort).ThenBy(p => p.Type, StringComparer.Ordinal).ThenBy(p => p.Ip, StringComparer.Ordinal)
            .Take(MostPorts)];

    private static ContainerSummary ToSummary(DockerContainer row, EngineInspect? inspect, string? imageId)
    {
        var state = inspect?.State;
        var isUp = ContainerSummary.IsUpIn(row.State);
        return new(
            row.Id, row.HostId, row.ContainerId, row.Name, row.Image, row.State, row.Status, row.Health, row.CreatedAt,
            row.Ports is null ? [] : JsonSerializer.Deserialize<List<ContainerPort>>(row.Ports, Json) ?? [],
            row.Labels is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Labels, Json) ?? [],
            row.ComposeProject,
            row.LastUpdateAt)
        {
            ImageId = imageId,
            StartedAt = Time(state?.StartedAt),
            FinishedAt = isUp ? null : Time(state?.FinishedAt),
            ExitCode = isUp || row.State == "created" ? null : state?.ExitCode,
            OomKilled = state?.OomKilled is true,
            RestartCount = inspect?.RestartCount ?? 0,
        };
    }

    /// <summary>One that others are linked to is also called <c>web/db</c>, in no order.</summary>
    internal static string NameOf(EngineContainer container) =>
        Cut((container.Names ?? []).Select(n => n.TrimStart('/')).Where(n => n.Length > 0).OrderBy(n => n.Contains('/', StringComparison.Ordinal)).FirstOrDefault() ?? container.Id[..Math.Min(12, container.Id.Length)], 255)!;

    internal static string ImageKey(string id) => id.StartsWith("sha256:", StringComparison.Ordinal) ? id["sha256:".Length..] : id;

    private static string? Cut(string? text, int longest) => text?.Length > longest ? text[..longest] : text;

    private static DateTime? UnixTime(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime
        : value.ValueKind == JsonValueKind.String ? Time(value.GetString()) : null;

    /// <summary>Engines write the year 1 for never.</summary>
    private static DateTime? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1970 ? time.UtcDateTime : null;
}
