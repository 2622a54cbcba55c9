using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Operations;

/// <summary>
/// Takes what workers elsewhere tell of operations. An ending is applied to the one operation that is open for its target and
/// kind and was asked for before it; the row keeps the time of the ending, by which the same one is known again.
/// </summary>
public sealed class WorkerService(IDbContextFactory<HomelabDbContext> databases, OperationQueue queue, Access access, TimeProvider time)
{
    private const int MostEndings = 500;
    private const int LongestError = 2_000;
    private static readonly TimeSpan LargestClockError = TimeSpan.FromMinutes(5);

    /// <summary>Ends operations: one's own, or with <c>admin</c> any. When one of them may not be ended by this caller, none is.</summary>
    /// <returns><c>VALIDATION_FAILED</c> when one of the endings cannot be; then none was applied.</returns>
    public async Task<Result<HeartbeatAnswer>> ApplyAsync(IReadOnlyList<ReportedEnding> endings, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.OperationsRead);
        if (Fault(endings) is { } fault)
        {
            return fault;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var targets = endings.Select(e => e.Target).Distinct(StringComparer.Ordinal).ToList();
        var open = await db.Set<Operation>().AsNoTracking()
            .Where(o => (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running) && targets.Contains(o.Target))
            .Select(o => new { o.Target, o.Kind, o.RequestedBy }).ToListAsync(cancellationToken);
        if (!caller.Has(Scopes.Admin) && open.Exists(o => o.RequestedBy != caller.Username && endings.Any(e => e.Target == o.Target && e.Kind == o.Kind)))
        {
            throw new AccessDeniedException(Scopes.Admin);
        }

        // The earliest first: of two endings of the same target and kind, the open operation is the first one's.
        var applied = new AppliedEnding[endings.Count];
        foreach (var (index, ending) in endings.Index().OrderBy(e => e.Item.CompletedAt))
        {
            applied[index] = await ApplyAsync(db, ending, cancellationToken);
        }

        return new HeartbeatAnswer(applied);
    }

    private async Task<AppliedEnding> ApplyAsync(HomelabDbContext db, ReportedEnding ending, CancellationToken cancellationToken)
    {
        var known = db.Set<Operation>().AsNoTracking().Where(o => o.Target == ending.Target && o.Kind == ending.Kind);
        var told = await known.Where(o => o.CompletedAt == ending.CompletedAt).Select(o => o.Id).FirstOrDefaultAsync(cancellationToken);
        if (told is null)
        {
            var id = await known
                .Where(o => (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running) && o.CreatedAt <= ending.CompletedAt)
                .Select(o => o.Id).FirstOrDefaultAsync(cancellationToken);
            var error = ending.Status == OperationStatus.Failed ? ending.Error ?? "The worker told of a failure, and not which." : null;
            if (id is not null && await queue.EndReportedAsync(id, error, ending.CompletedAt, cancellationToken))
            {
                return new(ending.Target, ending.Kind, EndingOutcome.Applied, id);
            }

            // The same may have come twice at once.
            told = await known.Where(o => o.CompletedAt == ending.CompletedAt).Select(o => o.Id).FirstOrDefaultAsync(cancellationToken);
        }

        return new(ending.Target, ending.Kind, told is null ? EndingOutcome.NotOpen : EndingOutcome.Repeated, told);
    }

    private Problem? Fault(IReadOnlyList<ReportedEnding> endings)
    {
        if (endings.Count > MostEndings)
        {
            return Problem.Invalid("endings", $"A heartbeat may tell of at most {MostEndings} endings. Send more of them.");
        }

        var latest = time.GetUtcNow().UtcDateTime + LargestClockError;
        foreach (var (index, ending) in endings.Index())
        {
            if (ending.Status is not (OperationStatus.Succeeded or OperationStatus.Failed))
            {
                return Problem.Invalid($"[{index}].status", "status is succeeded or failed.");
            }

            if (ending.Error is not null && ending.Status == OperationStatus.Succeeded)
            {
                return Problem.Invalid($"[{index}].error", "What succeeded has no error.");
            }

            if (ending.Error?.Length > LongestError)
            {
                return Problem.Invalid($"[{index}].error", $"error may have at most {LongestError} characters.");
            }

            if (ending.CompletedAt > latest)
            {
                return Problem.Invalid($"[{index}].completed_at", "completed_at lies ahead. Set the worker's clock right.");
            }
        }

        return null;
    }
}
