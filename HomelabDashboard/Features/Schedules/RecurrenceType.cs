namespace HomelabDashboard.Features.Schedules;

public enum RecurrenceType
{
    Daily,
    Weekly,
    Monthly,
    Interval,
}
