namespace HomelabDashboard.Features.Schedules;

/// <summary>When a schedule is due, as it is written; the fields are the columns of <c>schedules</c>. Times are UTC.</summary>
/// <param name="ScheduleTime">Of one that runs once.</param>
/// <param name="RecurrenceTime">A time of day such as <c>03:00</c>; of an interval how long it is, such as <c>6h</c>.</param>
/// <param name="RecurrenceDays">Weekly: <c>mon,fri</c>. Monthly: <c>1,15,last</c>; a day that a month has not is left out there.</param>
/// <param name="Timezone">Its IANA name; null: as <see cref="SchedulesOptions.Timezone"/> says.</param>
/// <param name="StartAt">The earliest time, itself included.</param>
/// <param name="EndAt">The latest time, itself included.</param>
public record TimingInput(
    ScheduleType ScheduleType,
    DateTime? ScheduleTime = null,
    RecurrenceType? RecurrenceType = null,
    string? RecurrenceTime = null,
    string? RecurrenceDays = null,
    string? CronExpression = null,
    string? Timezone = null,
    DateTime? StartAt = null,
    DateTime? EndAt = null)
{
    /// <summary>With nothing in place of blanks.</summary>
    internal TimingInput Trimmed() => this with
    {
        RecurrenceTime = Blank(RecurrenceTime),
        RecurrenceDays = Blank(RecurrenceDays),
        CronExpression = Blank(CronExpression),
        Timezone = Blank(Timezone),
    };

    /// <summary>Null for nothing and for blanks alone.</summary>
    internal static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
