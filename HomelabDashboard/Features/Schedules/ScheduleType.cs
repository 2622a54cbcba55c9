namespace HomelabDashboard.Features.Schedules;

public enum ScheduleType
{
    Once,
    Recurring,
    Cron,
}
