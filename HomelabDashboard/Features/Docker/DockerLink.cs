using System.Threading.Channels;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Features.Docker;

/// <summary>Keeps the board and the tables true to one engine, from its events.</summary>
internal sealed class DockerLink(EngineClient client, string hostId, DockerBoard board, DockerTables tables, DockerAlerts alerts, TimeProvider time)
{
    /// <summary>What comes together is looked at together: a burst of fifty containers is a few requests.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private HashSet<string> _containers = new(StringComparer.Ordinal);
    private bool _images;
    private bool _volumes;

    /// <summary>What happened before this connection is not known: its first look asks for all.</summary>
    private bool _missed = true;

    /// <summary>Completes once nothing that happens is missed any more.</summary>
    public Task Listening => _listening.Task;

    /// <summary>Takes in events until the engine ends them.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        await foreach (var happened in client.EventsAsync(_listening.SetResult, cancellationToken))
        {
            alerts.Happened(hostId, happened);

            // Every second of an exec's check makes three events that change nothing.
            if (happened.Action is null || happened.Action.StartsWith("exec_", StringComparison.Ordinal) || happened.Action is "top" or "attach" or "resize" or "archive-path")
            {
                continue;
            }

            lock (_gate)
            {
                if (happened.Type == "container" && EngineName.IsContainerId(happened.Actor?.Id))
                {
                    _containers.Add(happened.Actor!.Id!);
                }

                _images |= happened.Type == "image";
                _volumes |= happened.Type == "volume" && happened.Action is "create" or "destroy" or "remove" or "prune";
            }

            _signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Looks at everything there is.</summary>
    public async Task LookAtAllAsync(CancellationToken cancellationToken)
    {
        await TakeAsync(async (happened, _, _) =>
        {
            await LookAtContainersAsync(null, happened, cancellationToken);
            await LookAtStoredAsync(images: true, volumes: true, cancellationToken);
        });
        _missed = false;
    }

    /// <summary>Looks at what events were about, until cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (await _signal.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.Delay(Together, time, cancellationToken);
            await TakeAsync(async (containers, images, volumes) =>
            {
                if (containers.Count > 0)
                {
                    await LookAtContainersAsync(containers, containers, cancellationToken);
                }

                await LookAtStoredAsync(images, volumes, cancellationToken);
            });
        }
    }

    /// <summary>Takes what happened to look at it; where that is not seen through, it waits for the next look.</summary>
    private async Task TakeAsync(Func<IReadOnlyCollection<string>, bool, bool, Task> look)
    {
        (HashSet<string> Containers, bool Images, bool Volumes) taken;
        lock (_gate)
        {
            _signal.Reader.TryRead(out _);
            taken = (_containers, _images, _volumes);
            (_containers, _images, _volumes) = (new(StringComparer.Ordinal), false, false);
        }

        try
        {
            await look(taken.Containers, taken.Images, taken.Volumes);
        }
        catch
        {
            lock (_gate)
            {
                _containers.UnionWith(taken.Containers);
                (_images, _volumes) = (_images || taken.Images, _volumes || taken.Volumes);
            }

            throw;
        }
    }

    private async Task LookAtStoredAsync(bool images, bool volumes, CancellationToken cancellationToken)
    {
        var changed = images && await TryAsync(async () => await tables.SaveImagesAsync(hostId, await client.ListImagesAsync(cancellationToken), cancellationToken));
        changed |= volumes && await TryAsync(async () => await tables.SaveVolumesAsync(hostId, await client.ListVolumesAsync(cancellationToken), cancellationToken));
        if (changed)
        {
            board.Stored.Set(hostId, new(time.GetUtcNow().UtcDateTime));
        }

        // The containers are none the worse for an engine that cannot list these, and the next full look asks again.
        static async Task<bool> TryAsync(Func<Task<bool>> save)
        {
            try
            {
                return await save();
            }
            catch (Exception odd) when (odd is EngineException or EngineLateException)
            {
                return false;
            }
        }
    }

    /// <param name="ids">Null: all there are.</param>
    /// <param name="happened">Those that something happened to.</param>
    private async Task LookAtContainersAsync(IReadOnlyCollection<string>? ids, IReadOnlyCollection<string> happened, CancellationToken cancellationToken)
    {
        var asOf = time.GetUtcNow().UtcDateTime;
        var listed = await client.ListContainersAsync(ids, cancellationToken);
        var before = board.Containers.Snapshot().Values.Where(c => c.HostId == hostId).ToDictionary(c => c.ContainerId, StringComparer.Ordinal);
        var seen = new List<(EngineContainer, EngineInspect?)>(listed.Count);
        var inspected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in listed.Where(c => EngineName.IsContainerId(c.Id)))
        {
            // Whatever changes a container is an event. What is not known yet, or was missed, is asked for.
            var known = before.GetValueOrDefault(container.Id);
            var isNew = _missed || happened.Contains(container.Id) || known is null || known.State != container.State || known is { StartedAt: null, State: not "created" }
                || DockerTables.IsUnhealthy(container) != (known.Health == ContainerHealth.Unhealthy);
            var inspect = isNew ? await InspectAsync(container.Id, cancellationToken) : null;
            seen.Add((container, inspect));
            if (inspect is not null)
            {
                inspected.Add(container.Id);
            }
        }

        var (there, gone) = await tables.SaveContainersAsync(hostId, ids, seen, cancellationToken);
        foreach (var read in there)
        {
            var container = read;
            if (!inspected.Contains(read.ContainerId) && before.GetValueOrDefault(read.ContainerId) is { } known)
            {
                if (read.LastUpdateAt == known.LastUpdateAt)
                {
                    continue;
                }

                container = read with
                {
                    StartedAt = known.StartedAt,
                    FinishedAt = known.FinishedAt,
                    ExitCode = known.ExitCode,
                    OomKilled = known.OomKilled,
                    RestartCount = known.RestartCount,
                };
            }

            board.Containers.Set(container.Id, container);
            if (container.State != "running")
            {
                board.Readings.Remove(container.Id);
            }
        }

        alerts.Seen(hostId, [.. there.Select(c => board.Containers.Get(c.Id) ?? c)], isAll: ids is null, asOf);
        foreach (var id in gone)
        {
            board.Containers.Remove(id);
            board.Readings.Remove(id);
        }

        if (ids is null)
        {
            // The host was known by rows that are no longer there.
            foreach (var id in before.Values.Select(c => c.Id).Except(there.Select(c => c.Id)).ToList())
            {
                board.Containers.Remove(id);
            }
        }
    }

    private async Task<EngineInspect?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await client.InspectAsync(id, cancellationToken);
        }
        catch (Exception odd) when (odd is EngineException or EngineLateException)
        {
            // Where it is gone, that is an event too, which comes; of one that cannot be told at this moment the others are none the worse.
            if (odd is not EngineException { Status: System.Net.HttpStatusCode.NotFound })
            {
                lock (_gate)
                {
                    _containers.Add(id);
                }
            }

            return null;
        }
    }
}
