using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.Notifications;

/// <summary>What a message says: one alert, or a digest of many.</summary>
internal static class NotificationText
{
    private const int LinesInDigest = 20;

    /// <param name="rows">At least one; the message is known by the first.</param>
    /// <param name="alerts">By id; those that are gone are missing.</param>
    public static NotificationMessage Of(IReadOnlyList<NotificationDelivery> rows, IReadOnlyDictionary<long, Alert> alerts)
    {
        var items = rows.Select(r => Item(r, r.AlertId is { } id ? alerts.GetValueOrDefault(id) : null)).ToList();
        var over = items.Count(i => i.Event == DeliveryEvent.Closed);
        var level = over == items.Count ? AlertLevel.Success : items.Where(i => i.Event != DeliveryEvent.Closed).MaxBy(i => i.Level.Weight())!.Level;
        if (items is [var one])
        {
            return new NotificationMessage(IdOf(rows[0]), one.Title, one.Message, level, items);
        }

        var lines = items.OrderBy(i => i.Event == DeliveryEvent.Closed).ThenByDescending(i => i.Level.Weight()).Take(LinesInDigest).Select(i => $"- {i.Title}").ToList();
        if (items.Count > lines.Count)
        {
            lines.Add($"… and {items.Count - lines.Count} more, in the dashboard's inbox.");
        }

        var title = over == items.Count ? $"{over} alerts are over" : $"{items.Count - over} alert{(items.Count - over == 1 ? "" : "s")}" + over switch { 0 => "", 1 => ", 1 is over", _ => $", {over} are over" };
        return new NotificationMessage(IdOf(rows[0]), "Homelab: " + title, string.Join('\n', lines), level, items);
    }

    /// <summary>Of no other dashboard and no other database: ids begin anew there, but not at the same millisecond.</summary>
    public static string IdOf(NotificationDelivery row) => $"{row.Id}.{new DateTimeOffset(row.CreatedAt, TimeSpan.Zero).ToUnixTimeMilliseconds()}.homelab";

    private static NotificationItem Item(NotificationDelivery row, Alert? alert) => alert is null
        ? new(row.Id, null, row.Event, AlertCategory.System, AlertLevel.Info, row.Title, row.Title, row.CreatedAt, null)
        : new(row.Id, alert.Id, row.Event, alert.Category, alert.Level ?? AlertLevel.Info, row.Title, row.Event == DeliveryEvent.Closed ? Lasted(alert) : alert.Message, alert.CreatedAt, alert.ClosedAt);

    private static string Lasted(Alert alert)
    {
        var span = (alert.ClosedAt ?? alert.CreatedAt) - alert.CreatedAt;
        return span switch
        {
            { Ticks: < 0 } => "It is over.",
            { TotalMinutes: < 1 } => $"It lasted {span.Seconds} s.",
            { TotalHours: < 1 } => $"It lasted {span.Minutes} min.",
            { TotalDays: < 1 } => $"It lasted {span.Hours} h {span.Minutes} min.",
            _ => $"It lasted {span.Days} d {span.Hours} h.",
        };
    }
}
