using System.Collections.Concurrent;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Docker;

/// <summary>The containers of all hosts, how their engines are, and the way to those that answer now. Singleton.</summary>
public sealed class DockerBoard(TimeProvider time, LiveStore<string, HostSummary> hosts)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LookForEnd = TimeSpan.FromSeconds(1);

    /// <summary>How long work that lost its connection waits for the engine to be back.</summary>
    private static readonly TimeSpan LongestCut = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, EngineClient> _engines = new(StringComparer.Ordinal);

    /// <summary>By the dashboard's own id.</summary>
    public LiveStore<int, ContainerSummary> Containers { get; } = new(time);

    /// <summary>By host; a host that was not asked yet has none.</summary>
    public LiveStore<string, DockerHostState> Hosts { get; } = new(time);

    /// <summary>The figures of running containers by the dashboard's own id.</summary>
    public LiveStore<int, ContainerReading> Readings { get; } = new(time);

    /// <summary>By host: when the images and volumes in the tables last changed, UTC.</summary>
    public LiveStore<string, StoredChange> Stored { get; } = new(time);

    /// <summary>By user: when favourites or looks of containers last changed, UTC.</summary>
    public LiveStore<int, FavoritesChange> Favorites { get; } = new(time);

    /// <summary>The engine of a host that answers now.</summary>
    /// <returns><c>HOST_UNREACHABLE</c> with the reason in words.</returns>
    internal Result<EngineClient> Engine(string hostId)
    {
        if (_engines.TryGetValue(hostId, out var engine))
        {
            return engine;
        }

        var host = hosts.Get(hostId);
        return new Problem("HOST_UNREACHABLE", host is not { Reachable: true }
            ? host?.StatusReason ?? "The host is not connected."
            : Hosts.Get(hostId)?.Reason ?? $"The container engine of {host.Name} does not answer at present.");
    }

    /// <summary>The same, for work that was taken in while the engine answered: it may be back in a moment, as after a restart of the dashboard.</summary>
    internal async Task<Result<EngineClient>> EngineSoonAsync(string hostId, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            var engine = Engine(hostId);
            if (engine.Succeeded || time.GetElapsedTime(begun) > LongestWait)
            {
                return engine;
            }

            await Task.Delay(LookAgain, time, cancellationToken);
        }
    }

    /// <summary>For work that has lost its connection, while the engine may go on with it: looks for its end once the engine is back.</summary>
    /// <param name="most">So many looks, a second apart, tell that an engine does not go on with it.</param>
    /// <returns>False where that was not seen within two minutes.</returns>
    internal async Task<bool> IsSeenDoneAsync(string hostId, Func<EngineClient, Task<bool>> isDone, CancellationToken cancellationToken, int most = int.MaxValue)
    {
        var looks = 0;
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < LongestCut && looks < most; await Task.Delay(LookForEnd, time, cancellationToken))
        {
            try
            {
                if (Hosts.Get(hostId) is { Live: true } && Engine(hostId) is { Succeeded: true } engine)
                {
                    if (await isDone(engine.Value))
                    {
                        return true;
                    }

                    looks++;
                }
            }
            catch (Exception away) when (away is IOException or EngineException)
            {
                // It is not back yet.
            }
        }

        return false;
    }

    internal void Connect(string hostId, EngineClient engine) => _engines[hostId] = engine;

    internal void Disconnect(string hostId, EngineClient engine) => _engines.TryRemove(new(hostId, engine));
}
