using System.Net.ServerSentEvents;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ansible;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Automation;

/// <summary>Which runs to list; null: any.</summary>
public sealed record RunFilter(AutomationTaskStatus? Status = null, string? Playbook = null, string? HostId = null);

/// <summary>Lines of a run's output.</summary>
/// <param name="FromLine">The number of the first, counted from 0.</param>
/// <param name="Total">How many there are so far.</param>
/// <param name="Ended">Whether no more will come.</param>
public sealed record RunLines(long FromLine, IReadOnlyList<string> Lines, long Total, bool Ended);

/// <summary>Playbooks' runs: what pages and endpoints call.</summary>
public sealed class AutomationService(
    Access access, RunService runs, RunBoard board, RunFiles files, PlaybookFolder playbooks, AnsiblePrograms programs, IDbContextFactory<HomelabDbContext> databases,
    TimeProvider time)
{
    /// <summary>Whether ansible-playbook is on the dashboard's machine.</summary>
    public bool IsInstalled => programs.Playbook is not null;

    /// <summary>Needs playbooks:read. What is open, and what ended in the last hour.</summary>
    public async ValueTask<LiveStore<string, RunRecord>> LiveAsync()
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        return board.Live;
    }

    /// <summary>Needs playbooks:execute. See <see cref="RunService.StartAsync"/>.</summary>
    public async Task<Result<RunStart>> RunAsync(RunRequest request, string? becomePassword, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.PlaybooksExecute);
        return await runs.StartAsync(request, caller.Username, cancellationToken, becomePassword);
    }

    /// <summary>Needs playbooks:execute. The same again.</summary>
    /// <param name="failedOnly">On the hosts alone that failed or could not be reached.</param>
    /// <param name="becomePassword">For sudo on the hosts.</param>
    /// <returns><c>NOT_FOUND</c>; <c>SECRETS_GONE</c> where a value or the password is needed, as they are not kept; else as <see cref="RunService.StartAsync"/>.</returns>
    public async Task<Result<RunStart>> RerunAsync(string id, bool failedOnly, string? becomePassword, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.PlaybooksExecute);
        var found = await GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found.Problem;
        }

        var request = found.Value.Request;
        if (SecretVars.Missing(request.ExtraVars) is { Count: > 0 } missing)
        {
            return new Problem("SECRETS_GONE", $"The values of {string.Join(", ", missing)} are not kept, because they may be secrets. Start the run from the playbook, with them.");
        }

        if (request.HadPassword && becomePassword is null)
        {
            return new Problem("SECRETS_GONE", "The run had a password for sudo, which is not kept. Give it again.");
        }

        if (failedOnly)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var failed = await db.Set<TaskHost>().AsNoTracking().Where(h => h.TaskId == id && h.Failed + h.Unreachable > 0).OrderBy(h => h.HostName).Select(h => h.HostName).ToListAsync(cancellationToken);
            if (failed.Count == 0)
            {
                return new Problem("NO_FAILED_HOSTS", "No host of this run failed.");
            }

            if (!failed.All(HostRules.IsName))
            {
                return new Problem("TOO_MANY_HOSTS", "Not every host that failed has a name that Ansible can be limited to. Run it again as it was.");
            }

            request = request with { OnlyHosts = failed };
        }

        return await runs.StartAsync(request, caller.Username, cancellationToken, becomePassword, retryOf: id);
    }

    /// <summary>Needs playbooks:read. Newest first.</summary>
    public async Task<Page<RunRecord>> ListAsync(RunFilter filter, ListQuery query, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = db.Set<AutomationTask>().AsNoTracking();
        if (filter.Status is { } status)
        {
            rows = rows.Where(t => t.Status == status);
        }

        if (filter.Playbook is { } playbook)
        {
            rows = rows.Where(t => t.Playbook == playbook);
        }

        if (filter.HostId is { } hostId)
        {
            var there = board.Live.Snapshot().Values.Where(r => r.IsOpen && board.Tree(r.Id)?.Hosts.Any(h => h.HostId == hostId) is true).Select(r => r.Id).ToList();
            rows = rows.Where(t => there.Contains(t.Id) || db.Set<TaskHost>().Any(h => h.TaskId == t.Id && h.HostId == hostId));
        }

        if (query.After is { } before)
        {
            rows = rows.Where(t => string.Compare(t.Id, before) < 0);
        }

        var found = await rows.OrderByDescending(t => t.Id).Take(query.Take + 1).ToListAsync(cancellationToken);
        return query.PageOf([.. found.Select(r => board.Live.Get(r.Id) ?? RunRows.ToRecord(r))], r => r.Id);
    }

    /// <summary>Needs playbooks:read. The runs that touched a host and were started in this time, the oldest first; those that go on are not among them.</summary>
    /// <param name="most">Of more than these, the newest are given.</param>
    public async Task<IReadOnlyList<(DateTime StartedAt, string Playbook)>> StartsAsync(string hostId, DateTime from, DateTime until, int most, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Set<AutomationTask>().AsNoTracking()
            .Where(t => t.StartedAt >= from && t.StartedAt <= until && db.Set<TaskHost>().Any(h => h.TaskId == t.Id && h.HostId == hostId))
            .OrderByDescending(t => t.StartedAt).Take(most).Select(t => new { t.StartedAt, t.Playbook, t.Action }).ToListAsync(cancellationToken);
        return [.. found.Select(t => (t.StartedAt!.Value, t.Playbook ?? t.Action)).Reverse()];
    }

    /// <summary>Needs playbooks:read.</summary>
    public async Task<Result<RunRecord>> GetAsync(string id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        if (board.Live.Get(id) is { } run)
        {
            return run;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<AutomationTask>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is { } row
            ? RunRows.ToRecord(row)
            : Problem.NotFound("run");
    }

    /// <summary>Needs playbooks:execute. Cancels an open run: one's own, or with <c>admin</c> any. <c>RUN_ENDED</c> when it is over.</summary>
    public async Task<Result<RunRecord>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.PlaybooksExecute);
        var found = await GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found;
        }

        if (found.Value.IsOpen && !OperationService.MayCancel(found.Value.RequestedBy, caller))
        {
            throw new AccessDeniedException(Scopes.Admin);
        }

        return found.Value.IsOpen && await runs.CancelAsync(id, caller.Username, cancellationToken)
            ? await GetAsync(id, cancellationToken)
            : new Problem("RUN_ENDED", "This run has ended already.");
    }

    /// <summary>Needs playbooks:read. The plays, tasks and hosts of a run, as far as it is.</summary>
    public async Task<Result<RunTree>> TreeAsync(string id, CancellationToken cancellationToken)
    {
        var found = await GetAsync(id, cancellationToken);
        return !found.Succeeded ? found.Problem
            : board.Tree(id) is { } live ? live
            : await ReadTreeAsync(id, found.Value.IsOpen, cancellationToken);
    }

    /// <summary>Needs playbooks:read.</summary>
    /// <param name="fromLine">Counted from 0; from the end where it is below 0.</param>
    /// <param name="limit">1 to <see cref="RunFiles.MostLinesAtOnce"/>.</param>
    public async Task<Result<RunLines>> OutputAsync(string id, long fromLine, int limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > RunFiles.MostLinesAtOnce)
        {
            return Problem.Invalid("limit", $"limit must be from 1 to {RunFiles.MostLinesAtOnce}.");
        }

        var found = await GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found.Problem;
        }

        var total = await files.CountAsync(id, cancellationToken);
        var from = fromLine < 0 ? Math.Max(0, total + fromLine) : fromLine;
        var lines = await files.ReadAsync(id, from, limit, cancellationToken);
        return new RunLines(from, lines, Math.Max(total, from + lines.Count), !found.Value.IsOpen);
    }

    /// <summary>Needs playbooks:read. The numbers of the lines with a text in them, the first 10,000 at most.</summary>
    public async Task<Result<IReadOnlyList<long>>> FindAsync(string id, string text, CancellationToken cancellationToken)
    {
        if (text.Length is 0 or > 200)
        {
            return Problem.Invalid("q", "Look for 1 to 200 characters.");
        }

        var found = await GetAsync(id, cancellationToken);
        return found.Succeeded ? new Result<IReadOnlyList<long>>(await files.FindAsync(id, text, 10_000, cancellationToken), null) : found.Problem;
    }

    /// <summary>Needs playbooks:read. All that a run tells, from the beginning or from where a caller was, until it ends.</summary>
    /// <param name="after">The id of the last event that the caller has; empty for none.</param>
    public async Task<Result<IAsyncEnumerable<SseItem<JsonElement>>>> EventsAsync(string id, string? after, CancellationToken cancellationToken)
    {
        var found = await GetAsync(id, cancellationToken);
        return found.Succeeded
            ? new Result<IAsyncEnumerable<SseItem<JsonElement>>>(RunTelling.TellAsync(files, id, after, async () => (await GetAsync(id, cancellationToken)).Value, time, cancellationToken), null)
            : found.Problem;
    }

    /// <summary>Needs playbooks:read. What Ansible last found out about a host; null where it never did.</summary>
    public async Task<HostFactsRecord?> FactsAsync(string hostId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<HostAnsibleFacts>().AsNoTracking().SingleOrDefaultAsync(f => f.HostId == hostId, cancellationToken);
        if (row is null)
        {
            return null;
        }

        using var json = JsonDocument.Parse(row.Facts);
        return new HostFactsRecord(row.GatheredAt, row.TaskId, json.RootElement.Clone());
    }

    /// <summary>Needs playbooks:read. The names alone, which cost no query.</summary>
    public async Task<IReadOnlyList<string>> PlaybookNamesAsync()
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        return [.. playbooks.List().Select(p => p.Name)];
    }

    /// <summary>Needs playbooks:read.</summary>
    public async Task<IReadOnlyList<PlaybookSummary>> PlaybooksAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var newest = db.Set<AutomationTask>().Where(t => t.Playbook != null).GroupBy(t => t.Playbook).Select(runs => runs.Max(t => t.Id));
        var last = (await db.Set<AutomationTask>().AsNoTracking().Where(t => newest.Contains(t.Id)).ToListAsync(cancellationToken)).ToDictionary(t => t.Playbook!, StringComparer.Ordinal);
        var lint = await db.Set<PlaybookLintResult>().AsNoTracking().Select(l => new { l.Filename, l.TextModifiedAt, l.UpdatedAt, l.QualityScore, l.TotalIssues, SyntaxOnly = l.RawOutput != null && l.RawOutput.StartsWith(PlaybookLinter.SyntaxOnly) }).ToListAsync(cancellationToken);
        return
        [
            .. from file in playbooks.List()
               let run = last.GetValueOrDefault(file.Name)
               let score = lint.Find(l => l.Filename == file.Name && !PlaybookLintResult.IsOfOlderText(l.TextModifiedAt, l.UpdatedAt, file.ModifiedAt))
               select new PlaybookSummary(file.Name, file.Size, file.ModifiedAt, run is null ? null : board.Live.Get(run.Id) ?? RunRows.ToRecord(run), score?.QualityScore, score?.TotalIssues, score?.SyntaxOnly is true),
        ];
    }

    private async Task<RunTree> ReadTreeAsync(string id, bool isOpen, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var names = await db.Set<TaskHost>().AsNoTracking().Where(h => h.TaskId == id && h.HostId != null).ToDictionaryAsync(h => h.HostName, h => h.HostId!, cancellationToken);
        return (await RunProgress.ReadAsync(files.Events(id), names, cancellationToken)).Tree(isOver: !isOpen);
    }
}

/// <summary>A playbook in the list.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="LastRun">Null where it never ran, or the run is gone.</param>
/// <param name="QualityScore">0 to 100; null where it was not checked yet.</param>
/// <param name="SyntaxOnly">Ansible's own syntax check alone was made.</param>
public sealed record PlaybookSummary(string Name, long Size, DateTime ModifiedAt, RunRecord? LastRun, int? QualityScore, int? TotalIssues, bool SyntaxOnly);

/// <param name="Facts">An object of Ansible's facts, without the prefix <c>ansible_</c>.</param>
public sealed record HostFactsRecord(DateTime GatheredAt, string TaskId, JsonElement Facts);
