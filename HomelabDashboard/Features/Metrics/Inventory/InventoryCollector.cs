using System.Collections.Concurrent;
using HomelabDashboard.Features.Hosts;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads the inventory of every connected host: soon, then as often as the facts, and more closely every hour. Singleton.</summary>
public sealed partial class InventoryCollector(
    HostConnections connections,
    MetricsBoard board,
    IOptions<MetricsOptions> options,
    TimeProvider time,
    ILogger<InventoryCollector> logger) : BackgroundService
{
    /// <summary>How many hosts are read at once, so that a lab that comes back together is no burden.</summary>
    private const int AtOnce = 4;

    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);
    private readonly ConcurrentDictionary<string, InventoryReader> _readers = new(StringComparer.Ordinal);

    /// <summary>What is known of a connected host; null where nothing is yet.</summary>
    public HostInventory? Of(string hostId) => _readers.GetValueOrDefault(hostId)?.Current;

    /// <summary>Looks closely now; a host that is not connected, or breaks off, is left as it was.</summary>
    public async Task ReadAsync(string hostId, CancellationToken cancellationToken)
    {
        if (_readers.GetValueOrDefault(hostId) is { } reader)
        {
            try
            {
                await reader.ReadAsync(closer: true, cancellationToken);
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                LogUnread(logger, hostId, gone.Message);
            }
        }
    }

    public override void Dispose()
    {
        _turns.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        var known = new Dictionary<string, HostConnection>(StringComparer.Ordinal);
        try
        {
            await foreach (var batch in connections.Live.WatchAsync(stoppingToken))
            {
                running.RemoveAll(s => s.IsCompleted);
                foreach (var (hostId, connection) in batch)
                {
                    if (connection is not null && known.GetValueOrDefault(hostId) != connection)
                    {
                        known[hostId] = connection;
                        running.Add(KeepAsync(connection, stoppingToken));
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll(running);
    }

    /// <summary>Reads from one connection until it is gone.</summary>
    private async Task KeepAsync(HostConnection connection, CancellationToken stoppingToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var reader = new InventoryReader(connection, Of(connection.HostId) ?? board.Live.Get(connection.HostId)?.Latest.Inventory, time);
        _readers[connection.HostId] = reader;
        var reading = ReadRegularlyAsync(reader, connection.HostId, gone.Token);
        await Task.WhenAny(reading, connection.Closed);
        await gone.CancelAsync();
        await reading;
        _readers.TryRemove(new(connection.HostId, reader));
    }

    private async Task ReadRegularlyAsync(InventoryReader reader, string hostId, CancellationToken cancellationToken)
    {
        var closerAt = time.GetUtcNow() + TimeSpan.FromSeconds(options.Value.CloserSpreadSeconds * Random.Shared.NextDouble());
        try
        {
            while (true)
            {
                var inTime = true;
                var closer = time.GetUtcNow() >= closerAt;
                await _turns.WaitAsync(cancellationToken);
                try
                {
                    inTime = await reader.ReadAsync(closer, cancellationToken);
                }
                catch (IOException failure)
                {
                    LogUnread(logger, hostId, failure.Message);
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    LogFault(logger, hostId, fault);
                }
                finally
                {
                    _turns.Release();
                }

                var now = time.GetUtcNow();
                closerAt = closer ? now + TimeSpan.FromSeconds(options.Value.CloserIntervalSeconds) : closerAt;

                // A program that hangs on the host may hang there for ever: not one more of it every few minutes.
                var next = inTime ? TimeSpan.FromSeconds(options.Value.FullIntervalSeconds) : TimeSpan.FromSeconds(options.Value.CloserIntervalSeconds);
                next = inTime && closerAt - now < next ? closerAt - now : next;
                await Task.Delay(next > TimeSpan.FromSeconds(1) ? next : TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(1304, LogLevel.Information, "The inventory of host {HostId} could not be read: {Reason}")]
    private static partial void LogUnread(ILogger logger, string hostId, string reason);

    [LoggerMessage(1305, LogLevel.Error, "Reading the inventory of host {HostId} met a fault and goes on.")]
    private static partial void LogFault(ILogger logger, string hostId, Exception fault);
}
