using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Schedules;

/// <summary>A schedule as pages and programs see it; see <see cref="Schedule"/> for the fields.</summary>
public sealed record ScheduleRecord(
    string Id,
    string Name,
    string? Description,
    string Playbook,
    TargetType TargetType,
    string Target,
    [property: JsonIgnore] string? ExtraVarsText,
    ScheduleType ScheduleType,
    DateTime? ScheduleTime,
    RecurrenceType? RecurrenceType,
    string? RecurrenceTime,
    string? RecurrenceDays,
    string? CronExpression,
    string Timezone,
    DateTime? StartAt,
    DateTime? EndAt,
    bool Enabled,
    string? Tags,
    DateTime? NextRun,
    DateTime? LastRun,
    ScheduleStatus LastStatus,
    int RetryOnFailure,
    int Timeout,
    NotificationType NotificationType,
    OverlapPolicy OverlapPolicy,
    MissedPolicy MissedPolicy,
    DateTime? QueuedFor,
    DateTime? RetryAt,
    int RetryAttempt,
    int RunCount,
    int SuccessCount,
    int FailureCount,
    string? CreatedBy,
    DateTime CreatedAt,
    DateTime UpdatedAt)
{
    internal static readonly Expression<Func<Schedule, ScheduleRecord>> Of = s => new ScheduleRecord(
        s.Id, s.Name, s.Description, s.Playbook, s.TargetType ?? TargetType.Group, s.Target, s.ExtraVars, s.ScheduleType, s.ScheduleTime, s.RecurrenceType,
        s.RecurrenceTime, s.RecurrenceDays, s.CronExpression, s.Timezone ?? TimeZones.Default, s.StartAt, s.EndAt, s.Enabled, s.Tags, s.NextRun, s.LastRun,
        s.LastStatus ?? ScheduleStatus.Never, s.RetryOnFailure ?? 0, s.Timeout ?? 3600, s.NotificationType ?? NotificationType.All, s.OverlapPolicy, s.MissedPolicy,
        s.QueuedFor, s.RetryAt, s.RetryAttempt, s.RunCount ?? 0, s.SuccessCount ?? 0, s.FailureCount ?? 0, s.CreatedBy, s.CreatedAt, s.UpdatedAt);

    public JsonElement? ExtraVars => ExtraVarsText is { } text ? JsonElement.Parse(text) : null;

    /// <summary>Whether a run is still to come by itself.</summary>
    [JsonIgnore]
    public bool WillRunAgain => Enabled && (NextRun ?? QueuedFor ?? RetryAt) is not null;

    [JsonIgnore]
    public IReadOnlyList<string> TagList => Tags?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    [JsonIgnore]
    public TimingInput Timing => new(ScheduleType, ScheduleTime, RecurrenceType, RecurrenceTime, RecurrenceDays, CronExpression, Timezone, StartAt, EndAt);
}
