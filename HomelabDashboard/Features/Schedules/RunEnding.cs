using HomelabDashboard.Features.Automation;

namespace HomelabDashboard.Features.Schedules;

/// <summary>How the run of a schedule ended.</summary>
/// <param name="Hosts">How many it touched.</param>
/// <param name="Output">In a sentence, where there is something to tell; the whole output is the task's.</param>
internal sealed record RunEnding(ScheduleRunStatus Status, DateTime At, int Hosts, string? Error, string? Output)
{
    public static RunEnding Of(RunRecord run, DateTime now) => new(
        run.Status switch
        {
            AutomationTaskStatus.Completed => ScheduleRunStatus.Success,
            AutomationTaskStatus.Cancelled => ScheduleRunStatus.Cancelled,
            AutomationTaskStatus.Timeout => ScheduleRunStatus.Timeout,
            _ => ScheduleRunStatus.Failed,
        },
        run.CompletedAt ?? now,
        run.HostsImpacted,
        run.ErrorMessage,
        run.Result is { } result
            ? $"{result.Hosts} {(result.Hosts == 1 ? "host" : "hosts")}: {result.Changed} changed, {result.Failed} failed, {result.Unreachable} could not be reached."
            : null);
}
