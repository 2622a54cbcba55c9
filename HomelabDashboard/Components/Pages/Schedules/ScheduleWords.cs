using System.Globalization;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Components.Pages.Schedules;

/// <summary>Schedules in words.</summary>
internal static class ScheduleWords
{
    private static readonly string[] DayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary>When it is due, such as <c>Every Monday and Friday at 03:00</c>; in the schedule's own time zone.</summary>
    public static string When(TimingInput timing) => timing switch
    {
        { ScheduleType: ScheduleType.Once, ScheduleTime: { } at } => $"Once, on {Date(Local(at, timing.Timezone))}",
        { ScheduleType: ScheduleType.Cron } => CronWords.Of(timing.CronExpression) is { } words ? $"{words} ({timing.CronExpression!.Trim()})" : $"Cron: {timing.CronExpression}",
        { RecurrenceType: RecurrenceType.Daily } => $"Every day at {timing.RecurrenceTime}",
        { RecurrenceType: RecurrenceType.Weekly } => $"Every {WeekDays(timing.RecurrenceDays)} at {timing.RecurrenceTime}",
        { RecurrenceType: RecurrenceType.Monthly } => $"{MonthDays(timing.RecurrenceDays)} of each month at {timing.RecurrenceTime}",
        { RecurrenceType: RecurrenceType.Interval } => Duration.TryParse(timing.RecurrenceTime, out var every) ? $"Every {Long(every)}" : "Again and again",
        _ => "Not yet said",
    };

    /// <summary>Where it runs, such as <c>group web</c>.</summary>
    public static string Where(ScheduleRecord schedule, LiveStore<string, HostSummary>? hosts) => schedule.TargetType switch
    {
        TargetType.All => "all hosts",
        TargetType.Group => "group " + schedule.Target,
        _ => hosts?.Get(schedule.Target)?.Name ?? "a host that is gone",
    };

    /// <summary>Such as <c>today 23:00</c>, <c>Sun 04:00</c> or <c>12 Dec 04:00</c>, for a person in some time zone.</summary>
    public static string Soon(DateTime at, UserTime time)
    {
        var local = time.ToLocal(at);
        var days = (local.Date - time.ToLocal(time.Now).Date).Days;
        var day = days switch
        {
            0 => "today",
            1 => "tomorrow",
            > 1 and < 7 => local.ToString("ddd", CultureInfo.InvariantCulture),
            _ => local.ToString("d MMM", CultureInfo.InvariantCulture),
        };
        return $"{day} {local.ToString("HH:mm", CultureInfo.InvariantCulture)}";
    }

    /// <summary>Such as <c>Sun 22 Nov 2026, 03:00</c>.</summary>
    public static string Date(DateTime local) => local.ToString("ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    public static DateTime Local(DateTime utc, string? zone) =>
        TimeZones.TryFind(zone, out var found) ? TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), found) : utc;

    /// <summary>Why a run was begun.</summary>
    public static string Why(ScheduleRunRecord run) => run.TriggerType switch
    {
        ScheduleTrigger.Manual => $"by {run.RequestedBy}",
        ScheduleTrigger.Missed => "missed before",
        ScheduleTrigger.Retry => $"attempt {run.Attempt}",
        _ => "on schedule",
    };

    public static string List(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => "",
        1 => parts[0],
        _ => string.Join(", ", parts.SkipLast(1)) + " and " + parts[^1],
    };

    public static string DayName(string day) => DayNames[ScheduleTiming.Weekdays.IndexOf(day)];

    private static string WeekDays(string? text)
    {
        var days = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(d => d.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        return days.Count == 7 ? "day" : days.SetEquals(ScheduleTiming.Weekdays.Take(5)) ? "weekday" : days.Count == 0 ? "week" : List([.. ScheduleTiming.Weekdays.Where(days.Contains).Select(DayName)]);
    }

    private static string MonthDays(string? text)
    {
        var days = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        return days.Count == 0 ? "On some day" : "On " + List([.. days.Select(d => d.Equals("last", StringComparison.OrdinalIgnoreCase) ? "the last day" : "the " + Ordinal(d))]);
    }

    internal static string Ordinal(string day) => day + (day is "1" or "21" or "31" ? "st" : day is "2" or "22" ? "nd" : day is "3" or "23" ? "rd" : "th");

    private static string Long(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } when span.Ticks % TimeSpan.TicksPerDay == 0 => span.Days == 1 ? "24 hours" : $"{span.Days} days",
        { TotalHours: >= 1 } when span.Ticks % TimeSpan.TicksPerHour == 0 => span.TotalHours == 1 ? "hour" : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours} hours"),
        _ => span.TotalMinutes == 1 ? "minute" : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes} minutes"),
    };
}
