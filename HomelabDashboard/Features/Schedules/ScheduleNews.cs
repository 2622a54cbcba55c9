using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Logs;

namespace HomelabDashboard.Features.Schedules;

/// <summary>Tells how the run of a schedule ended: in the inbox where the schedule asks for it, and in the activity log always. Singleton.</summary>
public sealed class ScheduleNews(ActivityLog log)
{
    internal void Add(HomelabDbContext db, Schedule schedule, ScheduleRun run)
    {
        var went = run.Status switch
        {
            ScheduleRunStatus.Success => "went well",
            ScheduleRunStatus.Cancelled => "was cancelled",
            ScheduleRunStatus.Timeout => "took too long and was ended",
            _ => "failed",
        };
        var message = $"{schedule.Name}: {schedule.Playbook} {went}.{(run.ErrorMessage is { } error ? " " + error : "")}";
        var well = run.Status == ScheduleRunStatus.Success;
        log.Write(well ? LogEntryLevel.Info : LogEntryLevel.Warning, "schedules", message, taskId: run.TaskId, scheduleId: schedule.Id);
        if (schedule.NotificationType == NotificationType.None || (schedule.NotificationType == NotificationType.Errors && well))
        {
            return;
        }

        db.Add(new Alert
        {
            Category = AlertCategory.Automation,
            Level = well ? AlertLevel.Success : run.Status == ScheduleRunStatus.Cancelled ? AlertLevel.Warning : AlertLevel.Error,
            Title = $"{schedule.Name} {went}"[..Math.Min(255, schedule.Name.Length + went.Length + 1)],
            Message = message,
            Source = "schedules",
            Href = $"/schedules/{schedule.Id}",
        });
    }
}
