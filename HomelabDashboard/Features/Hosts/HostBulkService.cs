using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Hosts;

/// <summary>Changes to several hosts at once: all of them, or none.</summary>
public sealed class HostBulkService(
    Access access, HostMonitor monitor, IDbContextFactory<HomelabDbContext> databases, TimeProvider time, ActivityLog log)
{
    public const int MostHosts = 500;

    /// <summary>Needs hosts:write. Hosts that are gone in the meantime are passed over.</summary>
    /// <returns>How many were changed; <c>VALIDATION_FAILED</c> by field.</returns>
    public async Task<Result<int>> EditAsync(IReadOnlyCollection<string> ids, HostBulkEdit edit, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        var errors = new Dictionary<string, string[]>(
            HostRules.Check(new HostInput { AnsibleGroup = edit.AnsibleGroup, Tags = [.. edit.AddTags, .. edit.RemoveTags], MaintenanceReason = edit.MaintenanceReason }),
            StringComparer.Ordinal);
        if (edit.MaintenanceUntil <= time.GetUtcNow().UtcDateTime)
        {
            errors["maintenance_until"] = ["This is in the past. Give a time to come, or none."];
        }

        if (errors.Count > 0)
        {
            return Problem.Invalid(errors);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hosts = await FindAsync(db, ids, cancellationToken);
        foreach (var host in hosts)
        {
            host.AnsibleGroup = edit.AnsibleGroup is null ? host.AnsibleGroup : edit.AnsibleGroup is "" ? null : edit.AnsibleGroup;
            host.Enabled = edit.Enabled ?? host.Enabled;
            if (edit.AddTags.Count + edit.RemoveTags.Count > 0)
            {
                host.SetTags(host.Tags.Except(edit.RemoveTags, StringComparer.OrdinalIgnoreCase).Concat(edit.AddTags));
            }

            if (edit.Maintenance is { } on)
            {
                host.SetMaintenance(on, edit.MaintenanceUntil, edit.MaintenanceReason);
            }

            if (host.Tags.Length > HostRules.MostTags)
            {
                return Problem.Invalid("tags", $"{host.Name} would have more than {HostRules.MostTags} tags.");
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        Tell(hosts, host => $"{caller.Username} changed {host.Name}");
        await monitor.ChangedAsync(CancellationToken.None);
        return hosts.Count;
    }

    /// <summary>Needs hosts:write. As <see cref="HostService.DeleteAsync"/>, for several together.</summary>
    /// <returns>How many were deleted; <c>HOST_IN_USE</c> while a host that stays is reached through one of them.</returns>
    public async Task<Result<int>> DeleteAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hosts = await FindAsync(db, ids, cancellationToken);
        var going = hosts.Select(h => h.Id).ToList();
        var behind = await db.Set<Host>().Where(h => h.ProxyJumpId != null && going.Contains(h.ProxyJumpId) && !going.Contains(h.Id))
            .OrderBy(h => h.Name).Select(h => new { h.Name, h.ProxyJumpId }).FirstOrDefaultAsync(cancellationToken);
        if (behind is not null)
        {
            return new Problem("HOST_IN_USE", $"{behind.Name} is reached through {hosts.Single(h => h.Id == behind.ProxyJumpId).Name}. Give it another way first.");
        }

        var now = time.GetUtcNow().UtcDateTime;
        foreach (var host in hosts)
        {
            (host.DeletedAt, host.Reachable) = (now, false);
        }

        await db.SaveChangesAsync(cancellationToken);
        Tell(hosts, host => $"{caller.Username} took {host.Name} away");
        await monitor.ChangedAsync(CancellationToken.None);
        return hosts.Count;
    }

    private static Task<List<Host>> FindAsync(HomelabDbContext db, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.Take(MostHosts).ToList();
        return db.Set<Host>().Where(h => wanted.Contains(h.Id)).OrderBy(h => h.Name).ToListAsync(cancellationToken);
    }

    /// <summary>A line for each: the log is looked at by host too.</summary>
    private void Tell(List<Host> hosts, Func<Host, string> did)
    {
        foreach (var host in hosts)
        {
            log.Write(LogEntryLevel.Info, HostsSetup.Source, did(host) + (hosts.Count == 1 ? "." : $", one of {hosts.Count} hosts at once."), host.Id);
        }
    }
}
