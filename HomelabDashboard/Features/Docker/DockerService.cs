using System.Runtime.CompilerServices;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Docker;

/// <summary>The containers, images and volumes of all hosts: what pages and endpoints call.</summary>
public sealed class DockerService(
    Access access,
    DockerBoard board,
    DockerMonitor monitor,
    ContainerStats stats,
    OperationQueue operations,
    IDbContextFactory<HomelabDbContext> databases)
{
    private static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>How often a container that nobody looks at is sampled.</summary>
    public TimeSpan StatsInterval => stats.Interval;

    /// <summary>Needs docker:read. Containers by the dashboard's own id, live.</summary>
    public async ValueTask<LiveStore<int, ContainerSummary>> ContainersAsync()
    {
        await access.RequireAsync(Scopes.DockerRead);
        return board.Containers;
    }

    /// <summary>Needs docker:read. How the engines are, by host, live; a host that was not asked yet has none.</summary>
    public async ValueTask<LiveStore<string, DockerHostState>> HostsAsync()
    {
        await access.RequireAsync(Scopes.DockerRead);
        return board.Hosts;
    }

    /// <summary>Needs docker:read. What running containers use, by the dashboard's own id, live.</summary>
    public async ValueTask<LiveStore<int, ContainerReading>> ReadingsAsync()
    {
        await access.RequireAsync(Scopes.DockerRead);
        return board.Readings;
    }

    /// <summary>Needs docker:read. Tells by host when there are other images or volumes than before.</summary>
    public async ValueTask<LiveStore<string, StoredChange>> StoredAsync()
    {
        await access.RequireAsync(Scopes.DockerRead);
        return board.Stored;
    }

    /// <summary>Needs docker:read. Samples a container every two seconds until the answer is disposed.</summary>
    public async ValueTask<IDisposable> WatchAsync(int id)
    {
        await access.RequireAsync(Scopes.DockerRead);
        return stats.Watch(id);
    }

    /// <summary>Needs docker:read.</summary>
    public async Task<Result<ContainerSummary>> GetAsync(int id)
    {
        await access.RequireAsync(Scopes.DockerRead);
        return board.Containers.Get(id) is { } container ? container : Problem.NotFound("container");
    }

    /// <summary>Needs docker:execute. <c>NOT_FOUND</c>, <c>HOST_UNREACHABLE</c>, or <c>OPERATION_OPEN</c> while the same is under way.</summary>
    /// <param name="verb">Null: removes it, also when it runs, with its anonymous volumes.</param>
    public async Task<Result<OperationRecord>> ActAsync(int id, ContainerVerb? verb, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerExecute);
        if (board.Containers.Get(id) is not { } container)
        {
            return Problem.NotFound("container");
        }

        var engine = board.Engine(container.HostId);
        return engine.Succeeded
            ? await operations.EnqueueAsync(ContainerOperation.KindOf(verb), ContainerOperation.TargetOf(id), container.HostId, caller.Username, cancellationToken)
            : engine.Problem;
    }

    /// <summary>
    /// Needs docker:execute. The way to a shell inside a container. <c>NOT_FOUND</c>, <c>CONTAINER_NOT_RUNNING</c>, <c>NO_SHELL</c> where
    /// its image has none, <c>HOST_UNREACHABLE</c>, <c>UPSTREAM_FAILED</c>.
    /// </summary>
    public async Task<Result<ContainerShell>> ShellAsync(int id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerExecute);
        if (board.Containers.Get(id) is not { } container)
        {
            return new Problem("NOT_FOUND", "This container is gone. One that was made anew under the same name is another one.");
        }

        if (container.State != "running")
        {
            return new Problem("CONTAINER_NOT_RUNNING", container.State == "paused"
                ? $"{container.Name} is paused. Resume it, then open a shell."
                : $"{container.Name} does not run. Start it, then open a shell.");
        }

        var engine = board.Engine(container.HostId);
        if (!engine.Succeeded)
        {
            return engine.Problem;
        }

        try
        {
            return !await engine.Value.HasFileAsync(container.ContainerId, "/bin/sh", cancellationToken)
                ? new Problem("NO_SHELL", $"There is no shell inside {container.Name}: its image has no /bin/sh.")
                : new ContainerShell(container, $"exec {engine.Value.Client} exec -it -e TERM=xterm-256color {EngineName.Container(container.ContainerId)}");
        }
        catch (Exception failure) when (failure is EngineException or IOException)
        {
            return Failed(failure);
        }
    }

    /// <summary>
    /// Needs docker:read. What the engine says of a container now; who has not docker:execute gets its secrets masked.
    /// <c>NOT_FOUND</c>, <c>HOST_UNREACHABLE</c>, <c>UPSTREAM_FAILED</c>.
    /// </summary>
    public async Task<Result<ContainerDetails>> DetailsAsync(int id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerRead);
        if (board.Containers.Get(id) is not { } container)
        {
            return Problem.NotFound("container");
        }

        var engine = board.Engine(container.HostId);
        if (!engine.Succeeded)
        {
            return engine.Problem;
        }

        try
        {
            return ContainerDetails.Of(await engine.Value.InspectJsonAsync(container.ContainerId, cancellationToken), caller.Has(Scopes.DockerExecute));
        }
        catch (Exception failure) when (failure is EngineException or IOException)
        {
            return Failed(failure);
        }
    }

    /// <summary>
    /// Needs docker:read. A container's log in batches as they come. Where the engine refuses or is lost the last item is the
    /// problem: <c>UPSTREAM_FAILED</c>, <c>HOST_UNREACHABLE</c>, <c>NOT_FOUND</c>.
    /// </summary>
    public async IAsyncEnumerable<Result<IReadOnlyList<LogLine>>> LogsAsync(int id, LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerRead);
        if (board.Containers.Get(id) is not { } container)
        {
            yield return Problem.NotFound("container");
            yield break;
        }

        var engine = board.Engine(container.HostId);
        if (!engine.Succeeded)
        {
            yield return engine.Problem;
            yield break;
        }

        await using var batches = engine.Value.LogsAsync(container.ContainerId, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            Result<IReadOnlyList<LogLine>> batch;
            try
            {
                if (!await batches.MoveNextAsync())
                {
                    yield break;
                }

                batch = new(batches.Current, null);
            }
            catch (Exception failure) when (failure is EngineException or IOException)
            {
                batch = Failed(failure);
            }

            yield return batch;
            if (!batch.Succeeded)
            {
                yield break;
            }
        }
    }

    /// <summary>Needs docker:read. Of one host or of all.</summary>
    public async Task<IReadOnlyList<ImageSummary>> ImagesAsync(string? hostId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<DockerImage>().AsNoTracking()
            .Where(i => (hostId == null || i.HostId == hostId) && db.Set<Host>().Any(h => h.Id == i.HostId))
            .OrderBy(i => i.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(i => new ImageSummary(
            i.Id, i.HostId, i.ImageId, i.RepoTags is null ? [] : JsonSerializer.Deserialize<List<string>>(i.RepoTags) ?? [], i.Size, i.Created, i.LastUpdateAt))];
    }

    /// <summary>Needs docker:read. When images were built, UTC, by host and by the engine's id; those without a date are left out.</summary>
    public async Task<IReadOnlyDictionary<(string HostId, string ImageId), DateTime>> ImagesBuiltAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);

        // Builds that are to be the same each time are dated to the beginning of time.
        var rows = await db.Set<DockerImage>().AsNoTracking().Where(i => i.Created > Earliest).Select(i => new { i.HostId, i.ImageId, i.Created }).ToListAsync(cancellationToken);
        return rows.ToDictionary(i => (i.HostId, i.ImageId), i => i.Created!.Value);
    }

    /// <summary>Needs docker:read. Of one host or of all.</summary>
    public async Task<IReadOnlyList<VolumeSummary>> VolumesAsync(string? hostId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<DockerVolume>().AsNoTracking()
            .Where(v => (hostId == null || v.HostId == hostId) && db.Set<Host>().Any(h => h.Id == v.HostId))
            .OrderBy(v => v.Id)
            .Select(v => new VolumeSummary(v.Id, v.HostId, v.Name, v.Driver, v.Mountpoint, v.Scope, v.LastUpdateAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Needs docker:execute. Removes an image or volume that no container uses. As <see cref="ActAsync"/>.</summary>
    public async Task<Result<OperationRecord>> RemoveAsync(StoredKind kind, int id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerExecute);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hostId = kind == StoredKind.Image
            ? await db.Set<DockerImage>().Where(i => i.Id == id).Select(i => i.HostId).SingleOrDefaultAsync(cancellationToken)
            : await db.Set<DockerVolume>().Where(v => v.Id == id).Select(v => v.HostId).SingleOrDefaultAsync(cancellationToken);
        if (hostId is null)
        {
            return Problem.NotFound(EnumWords<StoredKind>.Of(kind));
        }

        var engine = board.Engine(hostId);
        return engine.Succeeded
            ? await operations.EnqueueAsync(StoredOperation.KindOf(kind), StoredOperation.TargetOf(kind, id), hostId, caller.Username, cancellationToken)
            : engine.Problem;
    }

    /// <summary>Needs docker:read. What would go from a host if it were pruned now; the engine counts for a while. As <see cref="DetailsAsync"/>.</summary>
    public async Task<Result<IReadOnlyList<PrunePreview>>> PreviewAsync(string hostId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerRead);
        var engine = board.Engine(hostId);
        if (!engine.Succeeded)
        {
            return engine.Problem;
        }

        try
        {
            // Podman tells the tags of images there without their names.
            var use = await engine.Value.UseAsync(cancellationToken);
            var tags = (await engine.Value.ListImagesAsync(cancellationToken)).ToLookup(i => DockerTables.ImageKey(i.Id), i => i.RepoTags, StringComparer.Ordinal);
            var images = (use.Images ?? []).Select(i => i with { RepoTags = tags[DockerTables.ImageKey(i.Id ?? "")].FirstOrDefault() ?? i.RepoTags });
            return new(PrunePreview.Of(use with { Images = [.. images] }), null);
        }
        catch (Exception failure) when (failure is EngineException or IOException)
        {
            return new Problem("UPSTREAM_FAILED", failure.Message);
        }
    }

    /// <summary>Needs docker:execute. Removes what nothing uses, an operation for each kind. <c>NOT_FOUND</c>, and as <see cref="ActAsync"/>.</summary>
    public async Task<Result<IReadOnlyList<OperationRecord>>> PruneAsync(string hostId, IReadOnlyList<PruneKind> kinds, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerExecute);
        if (kinds.Count == 0)
        {
            return Problem.Invalid("kinds", "Name at least one kind.");
        }

        var engine = board.Engine(hostId);
        if (!engine.Succeeded)
        {
            return board.Hosts.Get(hostId) is null ? Problem.NotFound("host with a container engine") : engine.Problem;
        }

        var asked = new List<OperationRecord>();
        foreach (var kind in kinds.Distinct())
        {
            var result = await operations.EnqueueAsync(PruneOperation.KindOf(kind), $"host:{hostId}", hostId, caller.Username, cancellationToken);
            if (!result.Succeeded)
            {
                return result.Problem;
            }

            asked.Add(result.Value);
        }

        return new(asked, null);
    }

    /// <summary>Needs docker:read. Has the host asked for its engine again now.</summary>
    public async Task CheckAgainAsync(string hostId)
    {
        await access.RequireAsync(Scopes.DockerRead);
        monitor.CheckAgain(hostId);
    }

    private static Problem Failed(Exception failure) => failure is EngineException { Status: System.Net.HttpStatusCode.NotFound }
        ? Problem.NotFound("container")
        : new("UPSTREAM_FAILED", failure.Message);
}
