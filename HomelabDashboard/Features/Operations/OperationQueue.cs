using System.Collections.Concurrent;
using System.Threading.Channels;
using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Operations;

/// <summary>Takes operations in and answers at once; workers do them. Singleton.</summary>
public sealed partial class OperationQueue(
    IDbContextFactory<HomelabDbContext> databases,
    IEnumerable<IOperationHandler> handlers,
    LiveStore<string, OperationRecord> live,
    TimeProvider time,
    ILogger<OperationQueue> logger) : BackgroundService
{
    private const int Workers = 16;
    private const int SqliteConstraint = 19;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeptLive = TimeSpan.FromHours(1);

    private readonly Dictionary<string, IOperationHandler> _handlers = handlers.ToDictionary(h => h.Kind, StringComparer.Ordinal);
    private readonly Channel<OperationRecord> _pending = Channel.CreateUnbounded<OperationRecord>();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();

    /// <summary>What waits for a worker or has one.</summary>
    private readonly ConcurrentDictionary<string, bool> _taken = new();

    /// <summary>The ids are version 7 UUIDs, so their order is the order of creation.</summary>
    public string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>
    /// Writes a pending row and hands it to a worker. What can wait is bounded by the database: one open row for each target and kind.
    /// </summary>
    /// <param name="id">From <see cref="NewId"/>, for a room that has written a row of its own under it; null: a new one.</param>
    /// <returns><c>OPERATION_OPEN</c> while one is open for the same target and kind; with its id.</returns>
    public async Task<Result<OperationRecord>> EnqueueAsync(
        string kind, string target, string? hostId, string requestedBy, CancellationToken cancellationToken, string? id = null)
    {
        var operation = new Operation
        {
            Id = id ?? NewId(),
            Kind = _handlers.ContainsKey(kind) ? kind : throw new ArgumentException($"Nobody does '{kind}'.", nameof(kind)),
            Target = target,
            HostId = hostId,
            RequestedBy = requestedBy,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(operation);
        try
        {
            // From here on it is done whether or not the one who asked is still there.
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateException refused) when (refused.InnerException is SqliteException { SqliteErrorCode: SqliteConstraint })
        {
            var open = await db.Set<Operation>().AsNoTracking()
                .Where(o => o.Kind == kind && o.Target == target && (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running))
                .Select(o => o.Id).FirstOrDefaultAsync(cancellationToken);
            if (open is null)
            {
                throw;
            }

            return new Problem("OPERATION_OPEN", $"This is already under way, as operation {open}.") { OperationId = open };
        }

        var record = OperationService.ToRecord(operation);
        live.Set(record.Id, record);
        _taken[record.Id] = true;
        _pending.Writer.TryWrite(record);
        return record;
    }

    /// <summary>Asks a running or waiting operation to end; it ends as failed with "cancelled".</summary>
    /// <returns>Whether it was still open.</returns>
    public async Task<bool> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(id, out var running))
        {
            try
            {
                await running.CancelAsync();
                return true;
            }
            catch (ObjectDisposedException)
            {
                // It ended in this moment.
            }
        }

        return await EndAsync(id, "cancelled", cancellationToken) is not null;
    }

    /// <summary>Takes up what an earlier run left before anything new can come: a row that is new would be taken for one of those.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RecoverAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)).Append(SweepAsync(stoppingToken)));
    }

    /// <summary>What ran when the program ended is over; what only waited is taken up.</summary>
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = await db.Set<Operation>()
            .Where(o => o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running)
            .OrderBy(o => o.CreatedAt).ToListAsync(cancellationToken);
        foreach (var operation in open)
        {
            if (operation.Status == OperationStatus.Running || !_handlers.ContainsKey(operation.Kind))
            {
                operation.Status = OperationStatus.Failed;
                operation.Error = "interrupted";
                operation.CompletedAt = time.GetUtcNow().UtcDateTime;
            }
            else
            {
                var record = OperationService.ToRecord(operation);
                live.Set(record.Id, record);
                _taken[record.Id] = true;
                _pending.Writer.TryWrite(record);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Ends what nobody works on any more, such as a row whose end could not be written.</summary>
    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(stoppingToken);
                var before = time.GetUtcNow().UtcDateTime - SweepEvery;
                var open = await db.Set<Operation>().AsNoTracking()
                    .Where(o => (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running) && o.UpdatedAt < before)
                    .Select(o => o.Id).ToListAsync(stoppingToken);
                foreach (var id in open.Where(id => !_taken.ContainsKey(id)))
                {
                    await EndAsync(id, "interrupted", stoppingToken);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, "sweep", "operations", fault);
            }
        }
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        await foreach (var record in _pending.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await RunAsync(record, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(logger, record.Kind, record.Target, fault);
            }
            finally
            {
                _taken.TryRemove(record.Id, out _);
            }
        }
    }

    private async Task RunAsync(OperationRecord pending, CancellationToken stoppingToken)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _running[pending.Id] = cancel;
        try
        {
            if (await StartAsync(pending.Id, stoppingToken) is not { } running)
            {
                return;
            }

            string? error;
            try
            {
                error = await _handlers[running.Kind].RunAsync(
                    running,
                    (progress, message) => live.Update(running.Id, r => (r ?? running) with { Progress = progress, Message = message }),
                    cancel.Token);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                error = stoppingToken.IsCancellationRequested ? "interrupted" : "cancelled";
            }
            catch (Exception fault)
            {
                LogFault(logger, running.Kind, running.Target, fault);
                error = "This failed through a fault of the dashboard's; its log says more.";
            }

            await EndAsync(running.Id, error, CancellationToken.None);
        }
        finally
        {
            _running.TryRemove(pending.Id, out _);
        }
    }

    private async Task<OperationRecord?> StartAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var operation = await db.Set<Operation>().SingleAsync(o => o.Id == id, cancellationToken);
        if (operation.Status != OperationStatus.Pending)
        {
            return null;
        }

        operation.Status = OperationStatus.Running;
        operation.StartedAt = time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        var record = OperationService.ToRecord(operation);
        live.Set(id, record);
        return record;
    }

    /// <summary>Writes the end of an operation, once; null when it had ended already.</summary>
    private async Task<OperationRecord?> EndAsync(string id, string? error, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var operation = await db.Set<Operation>().SingleOrDefaultAsync(o => o.Id == id, cancellationToken);
        if (operation is null || operation.Status is OperationStatus.Succeeded or OperationStatus.Failed)
        {
            return null;
        }

        var last = live.Get(id);
        operation.Status = error is null ? OperationStatus.Succeeded : OperationStatus.Failed;
        operation.Error = error;
        operation.Progress = error is null ? 1 : last?.Progress;
        operation.Message = last?.Message;
        operation.CompletedAt = time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        var record = OperationService.ToRecord(operation);
        live.Set(id, record);
        Forget();
        return record;
    }

    private void Forget()
    {
        var before = time.GetUtcNow().UtcDateTime - KeptLive;
        foreach (var (id, record) in live.Snapshot())
        {
            if (record.CompletedAt < before)
            {
                live.Remove(id);
            }
        }
    }

    [LoggerMessage(1101, LogLevel.Error, "The operation {Kind} on {Target} ended by an exception.")]
    private static partial void LogFault(ILogger logger, string kind, string target, Exception fault);
}
