namespace HomelabDashboard.Features.Schedules;

public enum ScheduleStatus
{
    Never,
    Running,
    Success,
    Failed,
    Cancelled,
    Timeout,
    Skipped,
}
