using System.Collections.Concurrent;
using HomelabDashboard.Infrastructure.DockerEngine;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Docker;

/// <summary>Takes the figures of running containers in turns, and more often of those that somebody looks at. Singleton.</summary>
public sealed class ContainerStats(DockerBoard board, IOptions<DockerOptions> options, TimeProvider time)
{
    private const int MostPoints = 2000;
    private static readonly TimeSpan WatchedEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>A container that the engine has no figures of in time is left alone so long: those of the others wait meanwhile.</summary>
    private static readonly TimeSpan LatePause = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<int, int> _watched = new();

    /// <summary>How often a container that nobody looks at is sampled.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(options.Value.StatsIntervalSeconds);

    /// <summary>Samples a container every two seconds until the answer is disposed.</summary>
    public IDisposable Watch(int id)
    {
        _watched.AddOrUpdate(id, 1, (_, count) => count + 1);
        return new Watched(this, id);
    }

    /// <summary>Samples the running containers of a host until cancelled, or until the engine is gone.</summary>
    internal async Task SampleAsync(EngineClient client, string hostId, CancellationToken cancellationToken)
    {
        var last = new Dictionary<string, EngineStats>(StringComparer.Ordinal);
        var next = new Dictionary<string, long>(StringComparer.Ordinal);
        var every = WatchedEvery < Interval ? WatchedEvery : Interval;
        using var timer = new PeriodicTimer(every, time);
        try
        {
            do
            {
                var running = board.Containers.Snapshot().Values.Where(c => c.HostId == hostId && c.State == "running").ToList();
                foreach (var container in running)
                {
                    var pause = _watched.ContainsKey(container.Id) ? TimeSpan.Zero : Interval - (every / 2);
                    if (next.TryGetValue(container.ContainerId, out var due) && time.GetElapsedTime(due) < pause)
                    {
                        continue;
                    }

                    // A rate needs two figures; the second comes at the next turn.
                    next[container.ContainerId] = last.ContainsKey(container.ContainerId) ? time.GetTimestamp() : 0;
                    try
                    {
                        await SampleAsync(client, container, last, cancellationToken);
                    }
                    catch (EngineLateException)
                    {
                        last.Remove(container.ContainerId);
                        next[container.ContainerId] = time.GetTimestamp() + (long)(LatePause.TotalSeconds * time.TimestampFrequency);
                    }
                }

                foreach (var gone in next.Keys.Except(running.Select(c => c.ContainerId), StringComparer.Ordinal).ToList())
                {
                    last.Remove(gone);
                    next.Remove(gone);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            // Whoever follows the engine sees that too, and says so.
        }
    }

    internal static ContainerPoint PointOf(EngineStats? before, EngineStats now, DateTime at)
    {
        var seconds = before?.Read is { } then && now.Read is { } read ? (read - then).TotalSeconds : 0;
        return new(
            at,
            Rate(before?.Cpu?.Usage?.Total, now.Cpu?.Usage?.Total, seconds) / 1e9 * 100,
            Memory(now.Memory),
            Rate(Sum(before, n => n.Received), Sum(now, n => n.Received), seconds),
            Rate(Sum(before, n => n.Sent), Sum(now, n => n.Sent), seconds),
            Rate(Disk(before, "read"), Disk(now, "read"), seconds),
            Rate(Disk(before, "write"), Disk(now, "write"), seconds));
    }

    private async Task SampleAsync(EngineClient client, ContainerSummary container, Dictionary<string, EngineStats> last, CancellationToken cancellationToken)
    {
        EngineStats stats;
        try
        {
            stats = await client.StatsAsync(container.ContainerId, cancellationToken);
        }
        catch (EngineException)
        {
            // It ended in this moment.
            last.Remove(container.ContainerId);
            return;
        }

        // What comes after the engine is followed no more is not of now.
        cancellationToken.ThrowIfCancellationRequested();
        var now = time.GetUtcNow().UtcDateTime;
        var point = PointOf(last.GetValueOrDefault(container.ContainerId), stats, now);
        last[container.ContainerId] = stats;
        if (board.Containers.Get(container.Id) is { State: "running" })
        {
            board.Readings.Update(container.Id, before => Add(before, point, stats));
        }
    }

    private static ContainerReading Add(ContainerReading? before, ContainerPoint point, EngineStats stats)
    {
        var since = point.At - Kept;
        var recent = (before?.Recent ?? []).Where(p => p.At >= since && p.At < point.At).TakeLast(MostPoints - 1).Append(point).ToArray();
        return new(point, stats.Memory?.Limit is > 0 and < long.MaxValue and var limit ? limit : null, stats.Cpu?.OnlineCpus, recent);
    }

    private static double? Rate(double? before, double? now, double seconds) => seconds > 0 && now >= before ? (now - before) / seconds : null;

    /// <summary>As <c>docker stats</c>: without the cache that can be given up at any time.</summary>
    private static double? Memory(EngineMemory? memory)
    {
        if (memory?.Usage is not { } usage)
        {
            return null;
        }

        foreach (var name in new[] { "total_inactive_file", "inactive_file" })
        {
            if (memory.Stats?.TryGetValue(name, out var value) is true && value.TryGetUInt64(out var cache) && cache < usage)
            {
                return usage - cache;
            }
        }

        return usage;
    }

    private static double? Sum(EngineStats? stats, Func<EngineNetwork, ulong?> figure) => stats?.Networks is { Count: > 0 } networks ? networks.Values.Sum(n => (double?)figure(n)) : null;

    private static double? Disk(EngineStats? stats, string operation) =>
        stats?.BlockIo?.Bytes is { } bytes ? bytes.Where(b => string.Equals(b.Operation, operation, StringComparison.OrdinalIgnoreCase)).Sum(b => (double)b.Value) : null;

    private sealed class Watched(ContainerStats stats, int id) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0 && stats._watched.AddOrUpdate(id, 0, (_, count) => count - 1) <= 0)
            {
                stats._watched.TryRemove(new(id, 0));
            }
        }
    }
}
