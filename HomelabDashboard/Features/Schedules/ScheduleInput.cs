using System.Text.Json;

namespace HomelabDashboard.Features.Schedules;

/// <summary>What a person or program says of a schedule; the fields are the columns of <c>schedules</c>, and those that are not given have their defaults.</summary>
/// <param name="Playbook">A file of the playbooks folder.</param>
/// <param name="Target">The id of a host or the name of a group; nothing else than <c>all</c> for all hosts.</param>
/// <param name="ExtraVars">A JSON object.</param>
/// <param name="Tags">Words by which schedules are found, with commas between.</param>
/// <param name="RetryOnFailure">How often a failed run is tried again, 0 to 10.</param>
/// <param name="Timeout">In seconds.</param>
public sealed record ScheduleInput(
    string Name,
    string Playbook,
    ScheduleType ScheduleType,
    TargetType TargetType = TargetType.Group,
    string? Target = null,
    string? Description = null,
    JsonElement? ExtraVars = null,
    DateTime? ScheduleTime = null,
    RecurrenceType? RecurrenceType = null,
    string? RecurrenceTime = null,
    string? RecurrenceDays = null,
    string? CronExpression = null,
    string? Timezone = TimeZones.Default,
    DateTime? StartAt = null,
    DateTime? EndAt = null,
    bool Enabled = true,
    string? Tags = null,
    int RetryOnFailure = 0,
    int Timeout = 3600,
    NotificationType NotificationType = NotificationType.All,
    OverlapPolicy OverlapPolicy = OverlapPolicy.Skip,
    MissedPolicy MissedPolicy = MissedPolicy.RunOnce)
{
    /// <summary>What would be said of a schedule to leave it as it is.</summary>
    public static ScheduleInput Of(ScheduleRecord s) => new(
        s.Name, s.Playbook, s.ScheduleType, s.TargetType, s.Target, s.Description, s.ExtraVars, s.ScheduleTime, s.RecurrenceType, s.RecurrenceTime, s.RecurrenceDays,
        s.CronExpression, s.Timezone, s.StartAt, s.EndAt, s.Enabled, s.Tags, s.RetryOnFailure, s.Timeout, s.NotificationType, s.OverlapPolicy, s.MissedPolicy);

    internal TimingInput Timing => new(
        ScheduleType, ScheduleTime, RecurrenceType, Blank(RecurrenceTime), Blank(RecurrenceDays), Blank(CronExpression), Blank(Timezone) ?? TimeZones.Default, StartAt, EndAt);

    /// <summary>Null for nothing and for blanks alone.</summary>
    internal static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
