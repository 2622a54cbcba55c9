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

    /// <summary>What was made so much later than now was made before the clock was set back: then its times mean nothing.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>That something is over is told only when it stays so: when it comes back meanwhile, it is the same that goes on.</summary>
    internal static readonly TimeSpan ClosingHold = AlertBook.Rejoin;

    /// <returns>Whether there was anything to decide.</returns>
    public async Task<bool> MakeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);

        // Nobody writes meanwhile, so that what becomes worse is not taken for told.
        await using var all = await db.Database.BeginTransactionAsync(cancellationToken);
        var ahead = now + Ahead;
        var alerts = await db.Set<Alert>().Where(a => a.NotifiedAt == null && (a.NotifyAfter == null || a.NotifyAfter <= now || a.CreatedAt > ahead))
            .OrderBy(a => a.Id).Take(MostAtOnce).ToListAsync(cancellationToken);
        var held = now - ClosingHold;
        var over = await db.Set<Alert>()
            .Where(a => a.ClosingNotifiedAt == null && a.State == AlertState.Closed && a.Key != null && a.NotifiedAt != null && (a.ClosedAt <= held || a.ClosedAt > ahead))
            .OrderBy(a => a.Id).Take(MostAtOnce).ToListAsync(cancellationToken);
        over = [.. over.Where(a => book.EndsForGood(a.Key!, a.Id))];
        if (alerts.Count + over.Count == 0)
        {
            return false;
        }

        var ids = alerts.Concat(over).Select(a => a.Id).ToList();
        var told = (await db.Set<NotificationDelivery>().Where(d => d.AlertId != null && ids.Contains(d.AlertId.Value)).ToListAsync(cancellationToken))
            .ToDictionary(d => (d.ChannelId, d.AlertId!.Value, d.Event));
        var channels = await db.Set<NotificationChannel>().AsNoTracking().Where(c => c.Enabled).ToListAsync(cancellationToken);
        foreach (var alert in alerts)
        {
            alert.NotifiedAt = now;
            alert.ClosingNotifiedAt = alert.Key is null ? now : null;
            foreach (var channel in channels.Where(c => !IsPastTelling(alert) && Tells(c, alert)))
            {
                if (!told.TryGetValue((channel.Id, alert.Id, DeliveryEvent.Opened), out var opened))
                {
                    db.Add(New(channel, alert, DeliveryEvent.Opened, now));
                }
                else if (alert.NotifyAfter > opened.CreatedAt && (opened.SentAt is not null || opened.State == DeliveryState.Unclear))
                {
                    // The newest reminder takes the place of the one before.
                    if (told.TryGetValue((channel.Id, alert.Id, DeliveryEvent.Reminder), out var before))
                    {
                        db.Remove(before);
                    }

                    db.Add(New(channel, alert, DeliveryEvent.Reminder, now));
                }
            }
        }

        foreach (var alert in over)
        {
            alert.ClosingNotifiedAt = now;
            db.AddRange(channels
                .Where(c => c.SendClosed && told.TryGetValue((c.Id, alert.Id, DeliveryEvent.Opened), out var opened) && opened.State is not (DeliveryState.Failed or DeliveryState.Skipped)
                    && !told.ContainsKey((c.Id, alert.Id, DeliveryEvent.Closed)))
                .Select(c => New(c, alert, DeliveryEvent.Closed, now)));
        }

        await db.SaveChangesAsync(cancellationToken);
        await all.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Quiet hours were waited for, and meanwhile it was over or somebody saw to it.</summary>
    private static bool IsPastTelling(Alert alert) => alert.AcknowledgedAt is not null || (alert is { NotifyAfter: not null, Key: not null, State: AlertState.Closed });

    private static bool Tells(NotificationChannel channel, Alert alert) =>
        alert.UserId is null && (alert.Level ?? AlertLevel.Info).Weight() >= channel.MinLevel.Weight()
        && (channel.Categories.Count == 0 || channel.Categories.Contains(EnumWords<AlertCategory>.Of(alert.Category)));

    private static NotificationDelivery New(NotificationChannel channel, Alert alert, DeliveryEvent what, DateTime now)
    {
        var title = what switch { DeliveryEvent.Closed => "Over: ", DeliveryEvent.Reminder => "Still: ", _ => "" } + (alert.Title ?? alert.Message);
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
