using System.Linq.Expressions;

namespace HomelabDashboard.Features.Notifications;

/// <summary>A delivery as pages and programs see it; see <see cref="NotificationDelivery"/> for the fields.</summary>
public sealed record DeliveryRecord(
    long Id, int ChannelId, long? AlertId, DeliveryEvent Event, string Title, DeliveryState State, int Attempts, DateTime? NextAt, string? Error, int? DigestOf,
    DateTime CreatedAt, DateTime? SentAt)
{
    internal static readonly Expression<Func<NotificationDelivery, DeliveryRecord>> FromRow = d => new DeliveryRecord(
        d.Id, d.ChannelId, d.AlertId, d.Event, d.Title, d.State, d.Attempts, d.NextAt, d.Error, d.DigestOf, d.CreatedAt, d.SentAt);

    internal static readonly Func<NotificationDelivery, DeliveryRecord> Of = FromRow.Compile();
}

/// <summary>Something about the deliveries or channels has changed.</summary>
/// <param name="Version">Another one each time.</param>
public sealed record DeliveriesChange(int Version);
