using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Logs;

namespace HomelabDashboard.Features.Schedules;

/// <summary>Tells how the run of a schedule ended. Singleton.</summary>
public sealed class ScheduleNews(ActivityLog log)
{
    /// <summary>In the activity log, each run.</summary>
    internal void Log(Schedule schedule, ScheduleRun run) => log.Write(
        run.Status == ScheduleRunStatus.Success ? LogEntryLevel.Info : LogEntryLevel.Warning, "schedules", Message(schedule, run), taskId: run.TaskId, scheduleId: schedule.Id);

    /// <summary>
    /// In the inbox, where the schedule asks for it. A failure is told only of one that will not run again: of any other it is trouble that goes
    /// on until a run goes well, which the rules of the alerts see to.
    /// </summary>
    internal static void Tell(HomelabDbContext db, Schedule schedule, ScheduleRun run)
    {
        var well = run.Status == ScheduleRunStatus.Success;
        var failed = run.Status is ScheduleRunStatus.Failed or ScheduleRunStatus.Timeout;
        if (schedule.NotificationType == NotificationType.None || (schedule.NotificationType == NotificationType.Errors && well)
            || (failed && schedule.DeletedAt is null && ScheduleService.ToRecord(schedule).WillRunAgain))
        {
            return;
        }

        var title = $"{schedule.Name} {Went(run)}";
        db.Add(new Alert
        {
            Category = AlertCategory.Automation,
            Level = well ? AlertLevel.Success : run.Status == ScheduleRunStatus.Cancelled ? AlertLevel.Warning : AlertLevel.Error,
            Title = title[..Math.Min(255, title.Length)],
            Message = Message(schedule, run),
            Source = "schedules",
            Href = $"/schedules/{schedule.Id}",
            Action = well ? null : "Run it again",
            ActionHref = well ? null : $"/schedules/{schedule.Id}",
        });
    }

    private static string Went(ScheduleRun run) => run.Status switch
    {
        ScheduleRunStatus.Success => "went well",
        ScheduleRunStatus.Cancelled => "was cancelled",
        ScheduleRunStatus.Timeout => "took too long and was ended",
        _ => "failed",
    };

    private static string Message(Schedule schedule, ScheduleRun run)
    {
        var most = (schedule.RetryOnFailure ?? 0) + 1;
        var attempt = most > 1 && run.Attempt <= most ? $" (attempt {run.Attempt} of {most})" : "";
        return $"{schedule.Name}: {schedule.Playbook} {Went(run)}{attempt}.{(run.ErrorMessage is { } error ? " " + error : "")}";
    }
}
