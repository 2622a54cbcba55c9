namespace HomelabDashboard.Features.Schedules;

public enum NotificationType
{
    All,
    Errors,
    None,
}
