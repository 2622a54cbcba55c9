using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Notifications;

/// <summary>
/// Looks once more at what is due before it is sent: what is over, or somebody sees to, and was never told is not told any more, and
/// neither is its end; and in the quiet hours of a rule nothing of it is told. Singleton.
/// </summary>
public sealed class DeliverySift(AlertBook book, IAlertQuiet quiet, TimeProvider time)
{
    /// <summary>What is over for a moment may come back: it is looked at again so soon.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <summary>Marks the rows that are not to be sent now; they are not saved.</summary>
    /// <param name="rows">Pending ones of one channel, oldest first.</param>
    /// <param name="alerts">Those of the rows, by id.</param>
    /// <returns>Those that are to be sent.</returns>
    internal async Task<List<NotificationDelivery>> TakeAsync(HomelabDbContext db, List<NotificationDelivery> rows, IReadOnlyDictionary<long, Alert> alerts)
    {
        var (channel, ended) = (rows[0].ChannelId, rows.Where(r => r.Event == DeliveryEvent.Closed).Select(r => r.AlertId).ToList());
        var opened = await db.Set<NotificationDelivery>().Where(d => d.ChannelId == channel && d.Event == DeliveryEvent.Opened && d.AlertId != null && ended.Contains(d.AlertId))
            .ToDictionaryAsync(d => d.AlertId!.Value);
        foreach (var row in rows)
        {
            if (row.AlertId is not { } id || !alerts.TryGetValue(id, out var alert) || alert.Key is null)
            {
                continue;
            }

            if (row.Event == DeliveryEvent.Closed)
            {
                if (opened.GetValueOrDefault(id) is not { } before)
                {
                    continue;
                }

                if (before.State == DeliveryState.Pending)
                {
                    Skip(before, "It was over before it could be sent.");
                }

                if (before.State is DeliveryState.Skipped or DeliveryState.Failed)
                {
                    Skip(row, "Its beginning was not told.");
                }
            }
            else if (alert.AcknowledgedAt is not null)
            {
                Skip(row, "Somebody saw to it before it could be sent.");
            }
            else if (alert.State == AlertState.Closed)
            {
                if (book.EndsForGood(alert.Key, id))
                {
                    Skip(row, "It was over before it could be sent.");
                }
                else
                {
                    row.NextAt = time.GetUtcNow().UtcDateTime + LookAgain;
                }
            }
        }

        var now = time.GetUtcNow().UtcDateTime;
        foreach (var row in rows.Where(r => r.State == DeliveryState.Pending && r.NextAt <= now))
        {
            row.NextAt = row.AlertId is { } id && alerts.TryGetValue(id, out var alert) && quiet.Of(alert)?.EndAfter(now) is { } end ? end : row.NextAt;
        }

        return [.. rows.Where(r => r.State == DeliveryState.Pending && r.NextAt <= now)];
    }

    /// <summary>What some of its receivers have was sent.</summary>
    private static void Skip(NotificationDelivery row, string why) =>
        (row.State, row.NextAt, row.Error) = row.SentAt is null ? (DeliveryState.Skipped, null, why) : (DeliveryState.Sent, (DateTime?)null, $"Not to {string.Join(", ", row.Left ?? [])}: {why}");
}
