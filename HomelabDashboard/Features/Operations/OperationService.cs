using System.Linq.Expressions;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Operations;

/// <summary>Which operations to list; null: any.</summary>
public sealed record OperationFilter(IReadOnlyCollection<string>? Ids = null, OperationStatus? Status = null, string? Target = null, string? Kind = null);

/// <summary>What an operation has said: plain lines, oldest first.</summary>
/// <param name="Total">How many lines it has said so far; of one that is over, how many are kept.</param>
public sealed record OperationOutput(IReadOnlyList<string> Lines, long Total);

/// <summary>The long actions: what pages and endpoints call.</summary>
public sealed class OperationService(
    IDbContextFactory<HomelabDbContext> databases, OperationQueue queue, LiveStore<string, OperationRecord> live, OperationOutputs outputs, Access access)
{
    private static readonly Problem Ended = new("OPERATION_ENDED", "This operation has ended already.");

    private static readonly Expression<Func<Operation, OperationRecord>> Record = o => new OperationRecord(
        o.Id, o.Kind, o.Target, o.HostId, o.Status, o.Error, o.Progress, o.Message, o.RetryOf,
        o.CreatedAt, o.StartedAt, o.UpdatedAt, o.CompletedAt, o.RequestedBy, o.Output != null);

    /// <summary>An operation as pages and programs see it.</summary>
    public static readonly Func<Operation, OperationRecord> ToRecord = Record.Compile();

    /// <summary>Needs operations:read. What is open, and what ended in the last hour.</summary>
    public async ValueTask<LiveStore<string, OperationRecord>> LiveAsync()
    {
        await access.RequireAsync(Scopes.OperationsRead);
        return live;
    }

    /// <summary>Needs operations:read. Tells when a running operation has said something more.</summary>
    public async ValueTask<LiveStore<string, OperationOutputMark>> OutputMarksAsync()
    {
        await access.RequireAsync(Scopes.OperationsRead);
        return outputs.Marks;
    }

    /// <summary>Needs operations:read. Newest first.</summary>
    public async Task<Page<OperationRecord>> ListAsync(OperationFilter filter, ListQuery query, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.OperationsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = db.Set<Operation>().AsNoTracking();
        if (filter.Ids is { } ids)
        {
            rows = rows.Where(o => ids.Contains(o.Id));
        }

        if (filter.Status is { } status)
        {
            rows = rows.Where(o => o.Status == status);
        }

        if (filter.Target is { } target)
        {
            rows = rows.Where(o => o.Target == target);
        }

        if (filter.Kind is { } kind)
        {
            rows = rows.Where(o => o.Kind == kind);
        }

        if (query.After is { } before)
        {
            rows = rows.Where(o => string.Compare(o.Id, before) < 0);
        }

        // The ids are version 7 UUIDs, so their order is the order of creation.
        var found = await rows.OrderByDescending(o => o.Id).Take(query.Take + 1).Select(Record).ToListAsync(cancellationToken);
        return query.PageOf([.. found.Select(o => o.IsOpen ? live.Get(o.Id) ?? o : o)], o => o.Id);
    }

    /// <summary>Needs operations:read.</summary>
    public async Task<Result<OperationRecord>> GetAsync(string id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.OperationsRead);
        if (live.Get(id) is { } record)
        {
            return record;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, id, cancellationToken) is { } found ? found : Problem.NotFound("operation");
    }

    /// <summary>Needs operations:read. What an operation has said so far, or said until its end, as far as it is kept; oldest first.</summary>
    /// <param name="id">The operation's.</param>
    /// <param name="after">While it runs: only what came after this many lines.</param>
    public async Task<Result<OperationOutput>> OutputAsync(string id, long after, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.OperationsRead);
        if (outputs.Read(id, after) is { } output)
        {
            return output;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<Operation>().AsNoTracking().Where(o => o.Id == id).Select(o => new { o.Output }).SingleOrDefaultAsync(cancellationToken) is { } found
            ? found.Output?.Split('\n') is { } lines ? new OperationOutput(lines, lines.Length) : new OperationOutput([], 0)
            : Problem.NotFound("operation");
    }

    /// <summary>Whether this caller can have this operation done again.</summary>
    public bool MayRetry(OperationRecord operation, Caller? caller) =>
        operation.Status == OperationStatus.Failed && queue.RetryScopeOf(operation.Kind) is { } scope && caller?.Has(scope) is true;

    /// <summary>Whether this caller can ask this operation to end.</summary>
    public static bool MayCancel(OperationRecord operation, Caller? caller) => operation.IsOpen && MayCancel(operation.RequestedBy, caller);

    /// <summary>Whether this caller can ask something open to end that this one asked for: one's own, or with <c>admin</c> any.</summary>
    public static bool MayCancel(string? requestedBy, Caller? caller) => caller is not null && (requestedBy == caller.Username || caller.Has(Scopes.Admin));

    /// <summary>
    /// Asks for a failed operation again: a new row, that names the old one. Needs what its kind needs. <c>RETRY_IMPOSSIBLE</c>
    /// when it has not failed or cannot be done again as it was, <c>OPERATION_OPEN</c> when that is done already.
    /// </summary>
    public async Task<Result<OperationRecord>> RetryAsync(string id, CancellationToken cancellationToken)
    {
        var found = await GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found;
        }

        if (found.Value.Status != OperationStatus.Failed)
        {
            return new Problem("RETRY_IMPOSSIBLE", "Only what has failed can be tried again.");
        }

        return queue.RetryScopeOf(found.Value.Kind) is { } scope
            ? await queue.RetryAsync(found.Value, (await access.RequireAsync(scope)).Username, cancellationToken)
            : new Problem("RETRY_IMPOSSIBLE", "This cannot be tried again as it was. Start it anew.");
    }

    /// <summary>Cancels an open operation: one's own, or with <c>admin</c> any. <c>OPERATION_ENDED</c> when it is over.</summary>
    public async Task<Result<OperationRecord>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.OperationsRead);
        var found = await GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found;
        }

        if (!found.Value.IsOpen)
        {
            return Ended;
        }

        if (!MayCancel(found.Value, caller))
        {
            throw new AccessDeniedException(Scopes.Admin);
        }

        return await queue.CancelAsync(id, caller.Username, cancellationToken)
            ? await GetAsync(id, cancellationToken)
            : Ended;
    }

    /// <summary>One row, as pages and programs see it.</summary>
    internal static Task<OperationRecord?> FindAsync(HomelabDbContext db, string id, CancellationToken cancellationToken) =>
        db.Set<Operation>().AsNoTracking().Where(o => o.Id == id).Select(Record).SingleOrDefaultAsync(cancellationToken);
}
