using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Notifications;

/// <summary>
/// Decides which channels tell of which alerts, each once: the deliveries and the mark on the alert are written in one go, so that
/// nothing is lost or doubled by a restart. Singleton.
/// </summary>
public sealed class NotificationPlan(IDbContextFactory<HomelabDbContext> databases, AlertBook book, TimeProvider time)
{
    private const int MostAtOnce = 500;
    private const int LongestTitle = 255;

    /// <summary>That something is over is told only when it stays so for a while.</summary>
    internal static readonly TimeSpan ClosingHold = TimeSpan.FromMinutes(3);

    /// <returns>Whether there was anything to decide.</returns>
    public async Task<bool> MakeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var alerts = await db.Set<Alert>().Where(a => a.NotifiedAt == null && (a.NotifyAfter == null || a.NotifyAfter <= now)).OrderBy(a => a.Id).Take(MostAtOnce).ToListAsync(cancellationToken);
        var held = now - ClosingHold;
        var over = await db.Set<Alert>()
            .Where(a => a.ClosingNotifiedAt == null && a.State == AlertState.Closed && a.Key != null && a.NotifiedAt != null && a.ClosedAt <= held)
            .OrderBy(a => a.Id).Take(MostAtOnce).ToListAsync(cancellationToken);
        over = [.. over.Where(a => book.EndsForGood(a.Key!, a.Id))];
        if (alerts.Count + over.Count == 0)
        {
            return false;
        }

        var channels = await db.Set<NotificationChannel>().AsNoTracking().Where(c => c.Enabled).ToListAsync(cancellationToken);
        foreach (var alert in alerts)
        {
            alert.NotifiedAt = now;
            alert.ClosingNotifiedAt = alert.Key is null ? now : null;
            if (!IsPastTelling(alert))
            {
                db.AddRange(channels.Where(c => Tells(c, alert)).Select(c => New(c, alert, DeliveryEvent.Opened, now)));
            }
        }

        var ids = over.Select(a => a.Id).ToList();
        var told = (await db.Set<NotificationDelivery>().Where(d => d.AlertId != null && ids.Contains(d.AlertId.Value) && d.Event == DeliveryEvent.Opened)
            .Select(d => new { d.ChannelId, d.AlertId }).ToListAsync(cancellationToken)).Select(d => (d.ChannelId, d.AlertId!.Value)).ToHashSet();
        foreach (var alert in over)
        {
            alert.ClosingNotifiedAt = now;
            db.AddRange(channels.Where(c => c.SendClosed && told.Contains((c.Id, alert.Id))).Select(c => New(c, alert, DeliveryEvent.Closed, now)));
        }

        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>Quiet hours were waited for, and meanwhile it was over or somebody saw to it.</summary>
    private static bool IsPastTelling(Alert alert) => alert.AcknowledgedAt is not null || (alert is { NotifyAfter: not null, Key: not null, State: AlertState.Closed });

    private static bool Tells(NotificationChannel channel, Alert alert) =>
        alert.UserId is null && Weight(alert.Level ?? AlertLevel.Info) >= Weight(channel.MinLevel)
        && (channel.Categories.Count == 0 || channel.Categories.Contains(EnumWords<AlertCategory>.Of(alert.Category)));

    /// <summary>That something went well weighs no more than any other news.</summary>
    private static int Weight(AlertLevel level) => level == AlertLevel.Success ? (int)AlertLevel.Info : (int)level;

    private static NotificationDelivery New(NotificationChannel channel, Alert alert, DeliveryEvent what, DateTime now)
    {
        var title = (what == DeliveryEvent.Closed ? "Over: " : "") + (alert.Title ?? alert.Message);
        return new NotificationDelivery
        {
            ChannelId = channel.Id,
            AlertId = alert.Id,
            Event = what,
            Title = title.Length <= LongestTitle ? title : title[..LongestTitle],
            NextAt = QuietHours.Read(channel.QuietFrom, channel.QuietUntil, channel.Timezone)?.EndAfter(now) ?? now,
            CreatedAt = now,
        };
    }
}
