using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ansible;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Automation;

/// <summary>
/// Starts and cancels runs, for whoever has the right to: a page's or endpoint's caller was asked by <see cref="AutomationService"/>,
/// a schedule's owner when it was saved. How a run goes is told by <c>LiveStore&lt;string, RunRecord&gt;</c>. Singleton.
/// </summary>
public sealed class RunService(
    OperationQueue operations, IDbContextFactory<HomelabDbContext> databases, RunBoard board, PlaybookFolder playbooks,
    RunSecrets secrets, HostBoard hosts, AnsiblePrograms programs, TimeProvider time)
{
    internal const string TargetPrefix = PlaybookLinter.TargetPrefix;

    internal static readonly Problem NotInstalled = new(
        "UNAVAILABLE", "ansible-playbook was not found on the dashboard's machine. Install Ansible there (on Debian and Ubuntu: apt install ansible-core), and try again.");

    /// <summary>Writes the run down and has it begin; it goes on when the caller leaves.</summary>
    /// <param name="requestedBy">A user's name, or what else asked for it.</param>
    /// <param name="becomePassword">For sudo on the hosts; it is kept in memory until the run begins, and nowhere else.</param>
    /// <param name="retryOf">The run that this does again.</param>
    /// <returns>
    /// <c>VALIDATION_FAILED</c> by field, <c>NOT_FOUND</c> for the playbook, <c>UNAVAILABLE</c> where Ansible is not installed,
    /// <c>OPERATION_OPEN</c> while the same playbook runs on the same target.
    /// </returns>
    public async Task<Result<RunStart>> StartAsync(
        RunRequest request, string requestedBy, CancellationToken cancellationToken, string? becomePassword = null, string? retryOf = null)
    {
        if (RunRules.Check(request, becomePassword) is { Count: > 0 } errors)
        {
            return Problem.Invalid(errors);
        }

        if (playbooks.Find(request.Playbook) is null)
        {
            return Problem.NotFound("playbook");
        }

        if (TargetFault(request.Target) is { } fault)
        {
            return Problem.Invalid("target", fault);
        }

        if (programs.Playbook is null)
        {
            return NotInstalled;
        }

        var id = operations.NewId();
        IReadOnlyList<string> hidden = [];
        var kept = request with { ExtraVars = request.ExtraVars is { } vars ? SecretVars.Hide(vars, out hidden) : null, HadPassword = becomePassword is not null };
        var row = new AutomationTask
        {
            Id = id,
            Action = RunRows.Action,
            Target = request.Target,
            Playbook = request.Playbook,
            Request = RunRows.Write(kept),
            RequestedBy = requestedBy,
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        board.Live.Set(id, RunRows.ToRecord(row));
        if (hidden.Count > 0 || becomePassword is not null)
        {
            secrets.Put(id, new RunSecret(request.ExtraVars, becomePassword));
        }

        var hostId = request.Target.StartsWith(RunRules.HostPrefix, StringComparison.Ordinal) ? request.Target[RunRules.HostPrefix.Length..] : null;
        var target = request.Target == RunRules.All ? TargetPrefix + request.Playbook : $"{TargetPrefix}{request.Playbook}@{request.Target}";
        var operation = await operations.EnqueueAsync(RunRows.Action, target[..Math.Min(target.Length, 300)], hostId, requestedBy, CancellationToken.None, id, retryOf);
        if (!operation.Succeeded)
        {
            secrets.Take(id);
            board.Live.Remove(id);
            await db.Set<AutomationTask>().Where(t => t.Id == id).ExecuteDeleteAsync(CancellationToken.None);
            return operation.Problem;
        }

        if (operations.Waits(id))
        {
            board.Wait(id, "Waiting for another run to end.");
        }

        return new RunStart(id, operation.Value.Id);
    }

    /// <summary>Ends a run with everything it has started; it ends as <c>cancelled</c>.</summary>
    /// <param name="by">A user's name, or what else asks.</param>
    /// <returns>Whether it was still open.</returns>
    public Task<bool> CancelAsync(string taskId, string by, CancellationToken cancellationToken) => operations.CancelAsync(taskId, by, cancellationToken);

    private string? TargetFault(string target)
    {
        var known = hosts.Live.Snapshot().Values;
        return target.StartsWith(RunRules.HostPrefix, StringComparison.Ordinal) && !known.Any(h => h.Id == target[RunRules.HostPrefix.Length..] && h.DeletedAt is null)
                ? "There is no such host."
            : target.StartsWith(RunRules.HostPrefix, StringComparison.Ordinal) && !known.First(h => h.Id == target[RunRules.HostPrefix.Length..]).Enabled
                ? "This host is disabled."
            : known.All(h => !h.Enabled || h.DeletedAt is not null) ? "There is no host to run on. Add one first." : null;
    }
}
