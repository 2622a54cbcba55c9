using System.Linq.Expressions;

namespace HomelabDashboard.Features.Schedules;

/// <summary>One run of a schedule as pages and programs see it; see <see cref="ScheduleRun"/> for the fields.</summary>
public sealed record ScheduleRunRecord(
    long Id,
    string ScheduleId,
    string? TaskId,
    ScheduleRunStatus Status,
    ScheduleTrigger TriggerType,
    DateTime? ScheduledFor,
    int Attempt,
    DateTime StartedAt,
    DateTime? CompletedAt,
    double? Duration,
    int? HostsImpacted,
    string? ErrorMessage,
    string? Output,
    string? RequestedBy,
    DateTime CreatedAt)
{
    internal static readonly Expression<Func<ScheduleRun, ScheduleRunRecord>> Of = r => new ScheduleRunRecord(
        r.Id, r.ScheduleId, r.TaskId, r.Status, r.TriggerType, r.ScheduledFor, r.Attempt, r.StartedAt, r.CompletedAt, r.Duration, r.HostsImpacted,
        r.ErrorMessage, r.Output, r.RequestedBy, r.CreatedAt);
}
