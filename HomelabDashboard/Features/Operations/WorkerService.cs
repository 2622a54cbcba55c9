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
        var (targets, times) = (endings.Select(e => e.Target).Distinct(StringComparer.Ordinal).ToList(), endings.Select(e => (DateTime?)e.CompletedAt).Distinct().ToList());
        var rows = await db.Set<Operation>().AsNoTracking()
            .Where(o => targets.Contains(o.Target) && (o.Status == OperationStatus.Pending || o.Status == OperationStatus.Running || times.Contains(o.CompletedAt)))
            .Select(o => new Row(o.Id, o.Target, o.Kind, o.RequestedBy, o.CreatedAt, o.CompletedAt)).ToListAsync(cancellationToken);

        // The earliest first: of two endings of the same target and kind, the open operation is the first one's.
        var known = rows.ToLookup(r => (r.Target, r.Kind));
        var taken = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var found = new Row?[endings.Count];
        foreach (var (index, ending) in endings.Index().OrderBy(e => e.Item.CompletedAt))
        {
            var same = known[(ending.Target, ending.Kind)];
            found[index] = same.FirstOrDefault(r => r.CompletedAt == ending.CompletedAt)
                ?? same.FirstOrDefault(r => r.CompletedAt is null && r.CreatedAt <= ending.CompletedAt
                    && (taken.TryAdd(r.Id, ending.CompletedAt) || taken[r.Id] == ending.CompletedAt));
        }

        if (!caller.Has(Scopes.Admin) && found.Any(r => r is not null && r.RequestedBy != caller.Username))
        {
            throw new AccessDeniedException(Scopes.Admin);
        }

        var applied = new AppliedEnding[endings.Count];
        foreach (var (index, ending) in endings.Index())
        {
            applied[index] = await ApplyAsync(db, ending, found[index], cancellationToken);
        }

        return new HeartbeatAnswer(applied);
    }

    private async Task<AppliedEnding> ApplyAsync(HomelabDbContext db, ReportedEnding ending, Row? row, CancellationToken cancellationToken)
    {
        var outcome = row switch { null => EndingOutcome.NotOpen, { CompletedAt: null } => EndingOutcome.Applied, _ => EndingOutcome.Repeated };
        var error = ending.Status == OperationStatus.Failed ? ending.Error ?? "The worker told of a failure, and not which." : null;
        if (outcome == EndingOutcome.Applied && !await queue.EndReportedAsync(row!.Id, error, ending.CompletedAt, cancellationToken))
        {
            // It has ended meanwhile: by itself, or because the same came twice at once.
            outcome = await db.Set<Operation>().AnyAsync(o => o.Id == row.Id && o.CompletedAt == ending.CompletedAt, cancellationToken) ? EndingOutcome.Repeated : EndingOutcome.NotOpen;
        }

        return new(ending.Target, ending.Kind, outcome, outcome == EndingOutcome.NotOpen ? null : row!.Id);
    }

    private Problem? Fault(IReadOnlyList<ReportedEnding> endings)
    {
        if (endings.Count > MostEndings)
        {
            return Problem.Invalid("endings", $"A heartbeat may tell of at most {MostEndings} endings. Send several.");
        }

        var latest = time.GetUtcNow().UtcDateTime + LargestClockError;
        foreach (var (index, ending) in endings.Index())
        {
            if (ending is null)
            {
                return Problem.Invalid($"[{index}]", "An ending is an object with target, kind, status and completed_at.");
            }

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

    /// <summary>The operation that an ending may be about.</summary>
    private sealed record Row(string Id, string Target, string Kind, string? RequestedBy, DateTime CreatedAt, DateTime? CompletedAt);
}
