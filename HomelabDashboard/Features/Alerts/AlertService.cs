using System.Linq.Expressions;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Alerts;

/// <summary>The inbox: what pages and endpoints call. Each caller has what is for everybody and what is for them.</summary>
public sealed class AlertService(Access access, AlertBook book, IDbContextFactory<HomelabDbContext> databases, ActivityLog log, TimeProvider time)
{
    /// <summary>Of those that are over, so many are told to who follows that they were read.</summary>
    private const int MostTold = 500;

    private static readonly Expression<Func<Alert, bool>> IsNeeded = a => a.State == AlertState.Open
        || (a.Key == null && a.ReadAt == null && (a.Level == AlertLevel.Warning || a.Level == AlertLevel.Error || a.Level == AlertLevel.Critical));

    /// <summary>Needs alerts:read. The troubles that go on, live.</summary>
    public async ValueTask<LiveStore<long, AlertRecord>> LiveAsync()
    {
        await access.RequireAsync(Scopes.AlertsRead);
        return book.Live;
    }

    /// <summary>Needs alerts:read. Changes with each change of any alert: then lists and counts are to be read anew.</summary>
    public async ValueTask<LiveStore<int, AlertsChange>> ChangesAsync()
    {
        await access.RequireAsync(Scopes.AlertsRead);
        return book.Changes;
    }

    /// <summary>Needs alerts:read. Newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">The id of the last one of the page before; null for the first page.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<AlertRecord>> ListAsync(AlertFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var alerts = Visible(db, caller);
        if (filter.State is { } state)
        {
            alerts = alerts.Where(a => a.State == state);
        }

        if (filter.Unread is { } unread)
        {
            alerts = alerts.Where(a => a.ReadAt == null == unread);
        }

        if (filter.Needed)
        {
            alerts = alerts.Where(IsNeeded);
        }

        if (filter.Category is { } category)
        {
            alerts = alerts.Where(a => a.Category == category);
        }

        if (filter.Level is { } level)
        {
            alerts = alerts.Where(a => a.Level == level);
        }

        if (filter.HostId is { } host)
        {
            alerts = alerts.Where(a => a.HostId == host);
        }

        return await alerts.Where(a => before == null || a.Id < before).OrderByDescending(a => a.Id).Take(limit).Select(AlertRecord.FromRow).ToListAsync(cancellationToken);
    }

    /// <summary>Needs alerts:read. How many troubles that go on, and news of things that went wrong, nobody has read.</summary>
    public async Task<int> UnreadProblemsAsync(CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Visible(db, caller).Where(IsNeeded).CountAsync(
            a => a.ReadAt == null && (a.Level == AlertLevel.Warning || a.Level == AlertLevel.Error || a.Level == AlertLevel.Critical), cancellationToken);
    }

    /// <summary>Needs alerts:write. Says that it was read. <c>NOT_FOUND</c>.</summary>
    public async Task<Result<AlertRecord>> ReadAsync(long id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        var read = 0;
        var changed = await ChangeAsync(
            id, async (rows, _, now) => read = await rows.Where(a => a.ReadAt == null).ExecuteUpdateAsync(set => set.SetProperty(a => a.ReadAt, now), cancellationToken), cancellationToken);
        if (read == 1)
        {
            log.Write(LogEntryLevel.Info, "alerts", $"{caller.Username} marked the alert “{changed.Value!.Title ?? changed.Value.Message}” as read.", changed.Value.HostId, new { AlertId = id });
        }

        return changed;
    }

    /// <summary>Needs alerts:write. Says that the caller sees to it: it is read too, and not told again. <c>NOT_FOUND</c>, also when it is closed.</summary>
    public async Task<Result<AlertRecord>> AcknowledgeAsync(long id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        if (book.Live.Get(id) is null)
        {
            return Problem.NotFound("open alert");
        }

        var acknowledged = 0;
        var changed = await ChangeAsync(
            id,
            async (rows, caller, now) => acknowledged = await rows.Where(a => a.AcknowledgedAt == null).ExecuteUpdateAsync(
                set => set.SetProperty(a => a.ReadAt, a => a.ReadAt ?? now).SetProperty(a => a.AcknowledgedAt, now).SetProperty(a => a.AcknowledgedBy, caller.Username),
                cancellationToken),
            cancellationToken);
        if (changed.Succeeded && acknowledged == 1)
        {
            log.Write(LogEntryLevel.Info, "alerts", $"{caller.Username} acknowledged the alert “{changed.Value.Title ?? changed.Value.Message}”.", changed.Value.HostId, new { AlertId = id });
        }

        return changed;
    }

    /// <summary>Needs alerts:write. Says of all that they were read.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ReadAllAsync(CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var unread = Visible(db, caller).Where(a => a.ReadAt == null);
        var newest = await unread.Where(a => a.State == AlertState.Closed).OrderByDescending(a => a.Id).Select(a => a.Id).Take(MostTold).ToListAsync(cancellationToken);
        var read = await unread.ExecuteUpdateAsync(set => set.SetProperty(a => a.ReadAt, now), cancellationToken);
        book.Reread(await Visible(db, caller).Where(a => a.State == AlertState.Open || newest.Contains(a.Id)).Select(AlertRecord.FromRow).ToListAsync(cancellationToken));
        log.Write(LogEntryLevel.Info, "alerts", $"{caller.Username} marked all alerts as read, {read} of them unread before.");
        return read;
    }

    private async Task<Result<AlertRecord>> ChangeAsync(long id, Func<IQueryable<Alert>, Caller, DateTime, Task<int>> change, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var one = Visible(db, caller).Where(a => a.Id == id);
        await change(one, caller, time.GetUtcNow().UtcDateTime);
        if (await one.Select(AlertRecord.FromRow).SingleOrDefaultAsync(cancellationToken) is not { } alert)
        {
            return Problem.NotFound("alert");
        }

        book.Reread([alert]);
        return alert;
    }

    private static IQueryable<Alert> Visible(HomelabDbContext db, Caller caller) => db.Set<Alert>().AsNoTracking().Where(a => a.UserId == null || a.UserId == caller.UserId);
}
