using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Docker;

/// <summary>The troubles of containers: what pages and endpoints call.</summary>
public sealed class DockerAlertService(Access access, DockerAlerts alerts, IDbContextFactory<HomelabDbContext> databases, ActivityLog log, TimeProvider time)
{
    /// <summary>Needs alerts:read. Those that are not closed, live.</summary>
    public async ValueTask<LiveStore<long, DockerAlertSummary>> LiveAsync()
    {
        await access.RequireAsync(Scopes.AlertsRead);
        return alerts.Live;
    }

    /// <summary>Needs alerts:read. Newest first.</summary>
    /// <param name="before">The id of the last one of the page before.</param>
    public async Task<IReadOnlyList<DockerAlertSummary>> ListAsync(DockerAlertState? state, string? hostId, long? before, int limit, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.AlertsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<DockerAlert>().AsNoTracking()
            .Where(a => (state == null || a.State == state) && (hostId == null || a.HostId == hostId) && (before == null || a.Id < before))
            .OrderByDescending(a => a.Id).Take(limit).Select(DockerAlertSummary.FromRow).ToListAsync(cancellationToken);
    }

    /// <summary>Needs alerts:write. Says that the caller has seen it. <c>NOT_FOUND</c>, also when it is closed.</summary>
    public async Task<Result<DockerAlertSummary>> AcknowledgeAsync(long id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        var changed = await alerts.ChangeAsync(id, row =>
        {
            if (row.State == DockerAlertState.Open)
            {
                (row.State, row.AcknowledgedAt, row.AcknowledgedBy) = (DockerAlertState.Acknowledged, time.GetUtcNow().UtcDateTime, caller.Username);
            }
        }, cancellationToken);
        return Told(changed, caller, "acknowledged");
    }

    /// <summary>Needs alerts:write. Closes it though its trouble goes on. <c>NOT_FOUND</c>, also when it is closed.</summary>
    public async Task<Result<DockerAlertSummary>> CloseAsync(long id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        return Told(await alerts.DismissAsync(id, cancellationToken), caller, "closed");
    }

    private Result<DockerAlertSummary> Told(DockerAlertSummary? alert, Caller caller, string did)
    {
        if (alert is null)
        {
            return Problem.NotFound("alert");
        }

        log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{caller.Username} {did} the alert “{alert.ContainerName} {alert.Message}”.", alert.HostId, new { DockerAlertId = alert.Id });
        return alert;
    }
}
