using System.Linq.Expressions;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Operations;

/// <summary>Which operations to list; null: any.</summary>
public sealed record OperationFilter(IReadOnlyCollection<string>? Ids = null, OperationStatus? Status = null, string? Target = null, string? Kind = null);

/// <summary>The long actions: what pages and endpoints call.</summary>
public sealed class OperationService(
    IDbContextFactory<HomelabDbContext> databases, OperationQueue queue, LiveStore<string, OperationRecord> live, Access access)
{
    private static readonly Expression<Func<Operation, OperationRecord>> Record = o => new OperationRecord(
        o.Id, o.Kind, o.Target, o.HostId, o.Status, o.Error, o.Progress, o.Message, o.RetryOf,
        o.CreatedAt, o.StartedAt, o.UpdatedAt, o.CompletedAt, o.RequestedBy);

    /// <summary>An operation as pages and programs see it.</summary>
    public static readonly Func<Operation, OperationRecord> ToRecord = Record.Compile();

    /// <summary>Needs operations:read. What is open, and what ended in the last hour.</summary>
    public async ValueTask<LiveStore<string, OperationRecord>> LiveAsync()
    {
        await access.RequireAsync(Scopes.OperationsRead);
        return live;
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
        return query.PageOf(found, o => o.Id);
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
        return await db.Set<Operation>().AsNoTracking().Where(o => o.Id == id).Select(Record).SingleOrDefaultAsync(cancellationToken) is { } found
            ? found
            : Problem.NotFound("operation");
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

        if (found.Value.RequestedBy != caller.Username && !caller.Has(Scopes.Admin))
        {
            throw new AccessDeniedException(Scopes.Admin);
        }

        return await queue.CancelAsync(id, cancellationToken)
            ? await GetAsync(id, cancellationToken)
            : new Problem("OPERATION_ENDED", "This operation has ended already.");
    }
}
