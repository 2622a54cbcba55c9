namespace HomelabDashboard.Features.Schedules;

public enum ScheduleRunStatus
{
    Running,
    Success,
    Failed,
    Cancelled,
    Timeout,
    Skipped,
}
