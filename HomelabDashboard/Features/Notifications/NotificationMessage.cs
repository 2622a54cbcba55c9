using System.Text.Json.Serialization;
using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.Notifications;

/// <summary>What is sent on a channel.</summary>
/// <param name="Id">The same in every attempt and no other's ever, of letters, digits and dots: what a receiver of mails knows doubles by.</param>
/// <param name="Title">One line.</param>
/// <param name="Text">More of it, plain text.</param>
/// <param name="Alerts">What it is about, for programs; empty for a test.</param>
public sealed record NotificationMessage([property: JsonIgnore] string Id, string Title, string Text, AlertLevel Level, IReadOnlyList<NotificationItem> Alerts);

/// <summary>One alert in a message.</summary>
/// <param name="Id">Of the delivery: the same in every attempt, so that a receiver can drop what comes twice.</param>
public sealed record NotificationItem(long Id, long? AlertId, DeliveryEvent Event, AlertCategory Category, AlertLevel Level, string Title, string Message, DateTime CreatedAt, DateTime? ClosedAt);
