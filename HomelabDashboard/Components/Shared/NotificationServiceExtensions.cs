using HomelabDashboard.Features;
using Radzen;

namespace HomelabDashboard.Components.Shared;

/// <summary>Toasts.</summary>
public static class NotificationServiceExtensions
{
    /// <summary>Something was done: <c>nas was deleted.</c></summary>
    public static void Done(this NotificationService notifications, string message) =>
        notifications.Notify(NotificationSeverity.Success, message, duration: 4000);

    /// <summary>Something was refused; it stays long enough to be read.</summary>
    public static void Failed(this NotificationService notifications, Problem problem) =>
        notifications.Notify(NotificationSeverity.Error, problem.Message, duration: 10000);
}
