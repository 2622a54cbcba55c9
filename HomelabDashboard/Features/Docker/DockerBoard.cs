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
    internal async Task<Result<EngineClient>> EngineSoonAsync(string hostId, TimeProvider time, CancellationToken cancellationToken)
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

    internal void Connect(string hostId, EngineClient engine) => _engines[hostId] = engine;

    internal void Disconnect(string hostId, EngineClient engine) => _engines.TryRemove(new(hostId, engine));
}
