using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Operations;

/// <summary>
/// The rows of operations, with what is shown and logged of them: each is added, started and ended once. By
/// <see cref="OperationQueue"/>. Singleton.
/// </summary>
public sealed class OperationRows(
    IDbContextFactory<HomelabDbContext> databases,
    IEnumerable<IOperationHandler> handlers,
    LiveStore<string, OperationRecord> live,
    OperationOutputs outputs,
    ActivityLog log,
    TimeProvider time)
{
    internal static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private const int SqliteConstraintUnique = 2067;
    private const int MostTries = 10;
    private const string Source = "operations";
    private static readonly TimeSpan KeptLive = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private readonly Dictionary<string, IOperationHandler> _handlers = handlers.ToDictionary(h => h.Kind, StringComparer.Ordinal);

    /// <summary>Writes a pending row. From then on it is to be done, whether or not the one who asked is still there.</summary>
    /// <returns><c>OPERATION_OPEN</c> while one is open for the same target and kind; with its id.</returns>
    internal async Task<Result<OperationRecord>> AddAsync(
        string id, string kind, string target, string? hostId, string requestedBy, string? retryOf, CancellationToken cancellationToken)
    {
        var operation = new Operation
        {
            Id = id,
            Kind = _handlers.ContainsKey(kind) ? kind : throw new ArgumentException($"Nobody does '{kind}'.", nameof(kind)),
            Target = target,
            HostId = hostId,
            RequestedBy = requestedBy,
            RetryOf = retryOf,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(operation);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await db.SaveChangesAsync(CancellationToken.None);
                break;
            }
            catch (DbUpdateException refused) when (tries < MostTries && refused.InnerException is SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique })
            {
                // One that is not there any more has ended in this moment.
                if (await db.Set<Operation>().AsNoTracking()
                        .Where(o => o.Kind == kind && o.Target == target && (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running))
                        .Select(o => o.Id).FirstOrDefaultAsync(cancellationToken) is { } open)
                {
                    return new Problem("OPERATION_OPEN", $"This is already under way, as operation {open}.") { OperationId = open };
                }
            }
        }

        var record = OperationService.ToRecord(operation);
        log.Write(
            LogEntryLevel.Info, Source, $"{requestedBy} asked for {Words(kind)} of {await NameAsync(record)}.", hostId,
            new { OperationId = id, record.Target, retryOf });
        return record;
    }

    /// <summary>Notes that the work begins; null when it has ended already.</summary>
    internal async Task<OperationRecord?> StartAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var started = await db.Set<Operation>().Where(o => o.Id == id && o.Status == OperationStatus.Pending).ExecuteUpdateAsync(
            set => set.SetProperty(o => o.Status, OperationStatus.Running).SetProperty(o => o.StartedAt, now).SetProperty(o => o.UpdatedAt, now), cancellationToken);
        if (started == 0)
        {
            return null;
        }

        var record = await OperationService.FindAsync(db, id, cancellationToken);
        live.Set(id, record!);
        return record;
    }

    /// <summary>Writes the end of an operation, once; null when it had ended already.</summary>
    internal async Task<OperationRecord?> EndAsync(string id, string? error, DateTime? completedAt, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var last = live.Get(id);
        var said = outputs.Read(id) is { } output ? string.Join('\n', output.Lines) : null;
        var ended = await db.Set<Operation>()
            .Where(o => o.Id == id && (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(o => o.Status, error is null ? OperationStatus.Succeeded : OperationStatus.Failed)
                    .SetProperty(o => o.Error, error)
                    .SetProperty(o => o.Progress, error is null ? 1 : last == null ? null : last.Progress)
                    .SetProperty(o => o.Message, last == null ? null : last.Message)
                    .SetProperty(o => o.Output, said)
                    .SetProperty(o => o.UpdatedAt, now)
                    .SetProperty(o => o.CompletedAt, completedAt ?? now),
                cancellationToken);
        if (ended == 0)
        {
            return null;
        }

        var record = await OperationService.FindAsync(db, id, cancellationToken);
        live.Set(id, record!);
        outputs.Forget(id);
        if (record is { Error: { } reason })
        {
            log.Write(
                reason == OperationRecord.Cancelled ? LogEntryLevel.Info : LogEntryLevel.Warning, Source,
                $"{Sentence(record.Kind)} of {await NameAsync(record)}, asked for by {record.RequestedBy}, {(reason == OperationRecord.Cancelled ? "was cancelled." : $"failed: {reason}")}",
                record.HostId, new { OperationId = id, record.Target });
        }

        return record;
    }

    internal async Task LogCancelAsync(OperationRecord operation, string by) => log.Write(
        LogEntryLevel.Info, Source, $"{by} cancelled the {Words(operation.Kind)} of {await NameAsync(operation)}, asked for by {operation.RequestedBy}.",
        operation.HostId, new { OperationId = operation.Id });

    /// <summary>What ran when the program ended is over.</summary>
    /// <returns>What only waited, and is to be taken up.</returns>
    internal async Task<IReadOnlyList<OperationRecord>> RecoverAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = await db.Set<Operation>()
            .Where(o => o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running)
            .OrderBy(o => o.CreatedAt).ToListAsync(cancellationToken);
        var pending = new List<OperationRecord>();
        foreach (var operation in open)
        {
            if (operation.Status == OperationStatus.Running || !_handlers.ContainsKey(operation.Kind))
            {
                operation.Status = OperationStatus.Failed;
                operation.Error = OperationRecord.Interrupted;
                operation.CompletedAt = time.GetUtcNow().UtcDateTime;
                live.Set(operation.Id, OperationService.ToRecord(operation));
            }
            else
            {
                pending.Add(OperationService.ToRecord(operation));
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        return pending;
    }

    /// <summary>Ends what nobody works on any more, such as a row whose end could not be written, and forgets what is long over.</summary>
    /// <param name="isTaken">Whether somebody does, by the id.</param>
    internal async Task SweepAsync(Func<string, bool> isTaken, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var open = await db.Set<Operation>().AsNoTracking()
            .Where(o => (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running) && o.UpdatedAt < now - SweepEvery)
            .Select(o => o.Id).ToListAsync(cancellationToken);
        foreach (var id in open.Where(id => !isTaken(id)))
        {
            await EndAsync(id, OperationRecord.Interrupted, null, cancellationToken);
        }

        foreach (var (id, record) in live.Snapshot())
        {
            if (record.CompletedAt < now - KeptLive)
            {
                live.Remove(id);
            }
        }

        await db.Set<Operation>().Where(o => o.CreatedAt < now - Kept && o.CompletedAt != null).ExecuteDeleteAsync(cancellationToken);
    }

    private ValueTask<string> NameAsync(OperationRecord operation) =>
        _handlers.TryGetValue(operation.Kind, out var handler) ? handler.NameAsync(operation, CancellationToken.None) : ValueTask.FromResult(operation.Target);

    private static string Words(string kind) => kind.Replace('_', ' ');

    private static string Sentence(string kind) => char.ToUpperInvariant(kind[0]) + Words(kind)[1..];
}
