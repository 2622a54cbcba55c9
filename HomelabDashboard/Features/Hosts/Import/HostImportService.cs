using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Takes hosts over from an ssh_config or an Ansible inventory: all that the plan says, or nothing.</summary>
public sealed class HostImportService(Access access, HostMonitor monitor, IDbContextFactory<HomelabDbContext> databases, ActivityLog log)
{
    private const int SqliteConstraint = 19;

    /// <summary>Needs hosts:write. What <see cref="ApplyAsync"/> would do now; nothing is changed.</summary>
    /// <returns><c>VALIDATION_FAILED</c> for <c>content</c> with the line that cannot be read, or for <c>default_user</c>.</returns>
    public async Task<Result<ImportPlan>> PreviewAsync(ImportRequest request, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.HostsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (plan, _) = await PlanAsync(db, request, cancellationToken);
        return plan;
    }

    /// <summary>Needs hosts:write. Nothing connects to the new hosts before their keys are approved.</summary>
    /// <returns>What was done; the problems of <see cref="PreviewAsync"/>, or <c>HOST_EXISTS</c> when somebody was faster.</returns>
    public async Task<Result<ImportPlan>> ApplyAsync(ImportRequest request, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (plan, planner) = await PlanAsync(db, request, cancellationToken);
        if (!plan.Succeeded || plan.Value.IsEmpty)
        {
            return plan;
        }

        db.AddRange(planner!.Created);
        db.AddRange(planner.CreatedGroups);
        try
        {
            // One call is one transaction.
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException refused) when (refused.InnerException is SqliteException { SqliteErrorCode: SqliteConstraint })
        {
            return new Problem("HOST_EXISTS", "Somebody has added one of these hosts just now. Look at the preview anew.");
        }

        log.Write(
            LogEntryLevel.Info,
            HostsSetup.Source,
            $"{caller.Username} imported hosts: {plan.Value.New.Count} new, {plan.Value.Changed.Count} changed, {plan.Value.Skipped.Count} lines skipped.");
        await monitor.ChangedAsync(CancellationToken.None);
        return plan;
    }

    private static async Task<(Result<ImportPlan> Plan, ImportPlanner? Planner)> PlanAsync(HomelabDbContext db, ImportRequest request, CancellationToken cancellationToken)
    {
        if (request.DefaultUser is { } user && HostRules.Check(new HostInput { SshUser = user }) is { Count: > 0 } errors)
        {
            return (Problem.Invalid("default_user", errors["ssh_user"][0]), null);
        }

        var parsed = ImportText.Parse(request.Format, request.Files);
        if (!parsed.Succeeded)
        {
            return (parsed.Problem, null);
        }

        var planner = new ImportPlanner(request, parsed.Value, await db.Set<Host>().ToListAsync(cancellationToken));
        return (planner.Run(await db.Set<AnsibleGroup>().ToListAsync(cancellationToken)), planner);
    }
}
