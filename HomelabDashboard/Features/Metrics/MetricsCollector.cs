using System.Collections.Concurrent;
using System.Threading.Channels;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics.Inventory;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Metrics;

/// <summary>Takes readings of every connected host, each interval and on request. Singleton.</summary>
public sealed partial class MetricsCollector(
    HostConnections connections,
    HostMonitor monitor,
    HostBoard hosts,
    MetricsBoard board,
    MetricsIngest ingest,
    InventoryCollector inventories,
    IOptions<MetricsOptions> options,
    TimeProvider time,
    ILogger<MetricsCollector> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstRateAfter = TimeSpan.FromSeconds(1);

    /// <summary>For a full reading, or with null for the next one sooner.</summary>
    private readonly ConcurrentDictionary<string, Channel<TaskCompletionSource<string?>?>> _requests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _watched = new(StringComparer.Ordinal);

    private TimeSpan Interval => TimeSpan.FromSeconds(options.Value.IntervalSeconds);

    private TimeSpan WatchedInterval => TimeSpan.FromSeconds(Math.Min(options.Value.IntervalSeconds, options.Value.WatchedIntervalSeconds));

    /// <summary>Somebody looks at a host, who wants to see more of it, until what is returned is disposed.</summary>
    public IDisposable Watch(string hostId)
    {
        if (_watched.AddOrUpdate(hostId, 1, (_, count) => count + 1) == 1 && WatchedInterval < Interval && _requests.TryGetValue(hostId, out var requests))
        {
            requests.Writer.TryWrite(null);
        }

        return new Watcher(() =>
        {
            if (_watched.AddOrUpdate(hostId, 0, (_, count) => count - 1) == 0)
            {
                _watched.TryRemove(new(hostId, 0));
            }
        });
    }

    /// <summary>Takes a full reading of a host now.</summary>
    /// <returns>Null when it was taken, or why not, in words.</returns>
    public async Task<string?> CollectAsync(string hostId, CancellationToken cancellationToken)
    {
        var host = hosts.Live.Get(hostId);
        if (host is null || connections.Live.Get(hostId) is not { } connection)
        {
            return host?.StatusReason ?? "The host is not connected.";
        }

        await inventories.ReadAsync(hostId, cancellationToken);
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = time.GetTimestamp();
        while (!_requests.TryGetValue(hostId, out var requests) || !requests.Writer.TryWrite(done))
        {
            // Just after a connection was made its collector is still being started.
            if (hosts.Live.Get(hostId) is { Status: HostStatus.Online } && time.GetElapsedTime(begun) < LongestReading && !connection.Closed.IsCompleted)
            {
                await Task.Delay(LookAgain, time, cancellationToken);
                continue;
            }

            return hosts.Live.Get(hostId)?.StatusReason ?? "No figures can be read from the host at present.";
        }

        var first = await Task.WhenAny(done.Task, connection.Closed).WaitAsync(cancellationToken);
        return first == done.Task ? await done.Task : "The connection was lost.";
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgetting = ForgetAsync(stoppingToken);
        var sessions = new List<Task>();
        var known = new Dictionary<string, HostConnection>(StringComparer.Ordinal);
        try
        {
            await foreach (var batch in connections.Live.WatchAsync(stoppingToken))
            {
                sessions.RemoveAll(s => s.IsCompleted);
                foreach (var (hostId, connection) in batch)
                {
                    if (connection is not null && known.GetValueOrDefault(hostId) != connection)
                    {
                        known[hostId] = connection;
                        sessions.Add(KeepAsync(connection, stoppingToken));
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll([forgetting, .. sessions]);
    }

    /// <summary>A deleted host has no present.</summary>
    private async Task ForgetAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var batch in hosts.Live.WatchAsync(stoppingToken))
            {
                foreach (var (hostId, host) in batch)
                {
                    if (host is null)
                    {
                        board.Live.Remove(hostId);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Reads from one connection until it is gone.</summary>
    private async Task KeepAsync(HostConnection connection, CancellationToken stoppingToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var watching = CancelWhenClosedAsync(connection, gone);
        var backoff = ShortestBackoff;
        while (!gone.IsCancellationRequested)
        {
            var begun = time.GetTimestamp();
            try
            {
                await RunAsync(connection, gone.Token);
            }
            catch (OperationCanceledException) when (gone.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (failure is CollectorException or IOException)
            {
                LogStopped(logger, connection.HostId, failure.Message);
                await TroubledAsync(connection.HostId, failure.Message, gone.Token);
            }
            catch (Exception fault)
            {
                LogFault(logger, connection.HostId, fault);
            }

            backoff = time.GetElapsedTime(begun) > LongestBackoff ? ShortestBackoff : backoff;
            await Task.WhenAny(Task.Delay(backoff * (0.75 + (0.5 * Random.Shared.NextDouble())), time, gone.Token));
            backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
        }

        await gone.CancelAsync();
        await watching;
    }

    private static async Task CancelWhenClosedAsync(HostConnection connection, CancellationTokenSource gone)
    {
        await Task.WhenAny(connection.Closed, Task.Delay(Timeout.Infinite, gone.Token));
        await gone.CancelAsync();
    }

    private async Task TroubledAsync(string hostId, string reason, CancellationToken cancellationToken)
    {
        try
        {
            // A connection that breaks ends its channels a moment before it is known to be gone; that is no trouble of the host's.
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
            await monitor.TroubledAsync(hostId, reason, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            LogFault(logger, hostId, fault);
        }
    }

    private async Task RunAsync(HostConnection connection, CancellationToken cancellationToken)
    {
        var hostId = connection.HostId;
        var longest = Interval * 2 < LongestReading ? Interval * 2 : LongestReading;
        longest = longest > TimeSpan.FromSeconds(2) ? longest : TimeSpan.FromSeconds(2);
        await using var session = await CollectorSession.StartAsync(connection, time, cancellationToken);
        var requests = Channel.CreateBounded<TaskCompletionSource<string?>?>(16);
        _requests[hostId] = requests;
        try
        {
            // Rates need two looks; the first reading comes with them a second later.
            await session.ReadAsync(full: false, longest, cancellationToken);
            var wait = Interval < FirstRateAfter ? Interval : FirstRateAfter;
            var full = time.GetTimestamp();
            var isFull = true;
            HostInventory? told = null;
            var next = time.GetTimestamp();
            while (true)
            {
                var asked = await WaitAsync(requests.Reader, wait, cancellationToken);
                var inventory = inventories.Of(hostId) ?? board.Live.Get(hostId)?.Latest.Inventory;
                isFull |= asked.Count > 0 || !ReferenceEquals(inventory, told) || time.GetElapsedTime(full).TotalSeconds >= options.Value.FullIntervalSeconds;
                try
                {
                    var reading = await session.ReadAsync(isFull, longest, cancellationToken);
                    ingest.Add(hostId, reading with { Sample = reading.Sample with { Inventory = inventory } });
                    told = inventory;
                    await monitor.AnsweredAsync(hostId, cancellationToken);
                    asked.ForEach(a => a.TrySetResult(null));
                }
                catch (Exception failure)
                {
                    asked.ForEach(a => a.TrySetResult(failure is CollectorException ? failure.Message : "The reading was not finished."));
                    throw;
                }

                full = isFull ? time.GetTimestamp() : full;
                isFull = false;
                if (asked.Count == 0)
                {
                    next = time.GetTimestamp();
                }

                wait = (_watched.ContainsKey(hostId) ? WatchedInterval : Interval) - time.GetElapsedTime(next);
            }
        }
        finally
        {
            _requests.TryRemove(new(hostId, requests));
            requests.Writer.Complete();
            while (requests.Reader.TryRead(out var unheard))
            {
                unheard?.TrySetResult("The reading was not taken: the host stopped answering.");
            }
        }
    }

    /// <summary>Waits for the next reading's time, or until somebody asks for one.</summary>
    private async Task<List<TaskCompletionSource<string?>>> WaitAsync(ChannelReader<TaskCompletionSource<string?>?> requests, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(wait, time, either.Token), requests.WaitToReadAsync(either.Token).AsTask());
            await either.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        var asked = new List<TaskCompletionSource<string?>>();
        while (requests.TryRead(out var request))
        {
            if (request is not null)
            {
                asked.Add(request);
            }
        }

        return asked;
    }

    [LoggerMessage(1302, LogLevel.Information, "Reading host {HostId} stopped: {Reason}")]
    private static partial void LogStopped(ILogger logger, string hostId, string reason);

    [LoggerMessage(1303, LogLevel.Error, "Reading host {HostId} met a fault and goes on.")]
    private static partial void LogFault(ILogger logger, string hostId, Exception fault);

    private sealed class Watcher(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
