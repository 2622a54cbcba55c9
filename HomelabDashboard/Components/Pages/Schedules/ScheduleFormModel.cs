using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Features.Schedules;

namespace HomelabDashboard.Components.Pages.Schedules;

/// <summary>What the form holds: text as it is typed, times as clocks in the schedule's zone show them.</summary>
internal sealed class ScheduleFormModel
{
    private const string LocalTime = "yyyy-MM-dd'T'HH:mm";

    /// <summary>What it was made of; null: nothing.</summary>
    private ScheduleRecord? _of;

    public string? Name { get; set; }

    public string? Description { get; set; }

    public string? Playbook { get; set; }

    public TargetType TargetType { get; set; } = TargetType.All;

    public string? Target { get; set; }

    public string? ExtraVars { get; set; }

    /// <summary><c>daily</c>, <c>weekly</c>, <c>monthly</c>, <c>interval</c>, <c>once</c> or <c>cron</c>.</summary>
    public string Kind { get; set; } = "daily";

    public string? Time { get; set; } = "03:00";

    public string? Every { get; set; } = "6h";

    public HashSet<string> WeekDays { get; } = new(StringComparer.Ordinal) { "sun" };

    public string? MonthDays { get; set; } = "1";

    public string? Cron { get; set; } = "0 3 * * *";

    public string? Once { get; set; }

    public required string Timezone { get; set; }

    public string? Start { get; set; }

    public string? End { get; set; }

    public bool Enabled { get; set; } = true;

    public string? Tags { get; set; }

    public string? Retries { get; set; } = "0";

    public string? TimeoutMinutes { get; set; } = "60";

    public NotificationType Notification { get; set; }

    public OverlapPolicy Overlap { get; set; }

    public MissedPolicy Missed { get; set; }

    public static ScheduleFormModel Of(ScheduleRecord s)
    {
        var model = new ScheduleFormModel
        {
            _of = s,
            Name = s.Name,
            Description = s.Description,
            Playbook = s.Playbook,
            TargetType = s.TargetType,
            Target = s.Target,
            ExtraVars = s.ExtraVarsText,
            Kind = s.ScheduleType switch { ScheduleType.Once => "once", ScheduleType.Cron => "cron", _ => (s.RecurrenceType ?? RecurrenceType.Daily).ToString().ToLowerInvariant() },
            Timezone = s.Timezone,
            Once = Local(s.ScheduleTime, s.Timezone),
            Start = Local(s.StartAt, s.Timezone),
            End = Local(s.EndAt, s.Timezone),
            Enabled = s.Enabled,
            Tags = s.Tags,
            Retries = s.RetryOnFailure.ToString(CultureInfo.InvariantCulture),
            TimeoutMinutes = Minutes(s.Timeout),
            Notification = s.NotificationType,
            Overlap = s.OverlapPolicy,
            Missed = s.MissedPolicy,
        };
        model.Cron = s.CronExpression ?? model.Cron;
        switch (s.RecurrenceType)
        {
            case RecurrenceType.Interval:
                model.Every = s.RecurrenceTime;
                break;
            case RecurrenceType.Monthly:
                (model.Time, model.MonthDays) = (s.RecurrenceTime, s.RecurrenceDays);
                break;
            case RecurrenceType.Weekly:
                model.Time = s.RecurrenceTime;
                model.WeekDays.Clear();
                model.WeekDays.UnionWith((s.RecurrenceDays ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(d => d.ToLowerInvariant()));
                break;
            case RecurrenceType.Daily:
                model.Time = s.RecurrenceTime;
                break;
        }

        return model;
    }

    public TimingInput Timing()
    {
        var recurrence = Kind switch
        {
            "daily" => RecurrenceType.Daily,
            "weekly" => RecurrenceType.Weekly,
            "monthly" => RecurrenceType.Monthly,
            "interval" => RecurrenceType.Interval,
            _ => (RecurrenceType?)null,
        };
        return new(
            Kind switch { "once" => ScheduleType.Once, "cron" => ScheduleType.Cron, _ => ScheduleType.Recurring },
            Utc(Once, _of?.ScheduleTime),
            recurrence,
            recurrence == RecurrenceType.Interval ? Every : Time,
            recurrence switch { RecurrenceType.Weekly => string.Join(',', WeekDays), RecurrenceType.Monthly => MonthDays, _ => null },
            Cron,
            Timezone,
            Utc(Start, _of?.StartAt),
            Utc(End, _of?.EndAt));
    }

    /// <exception cref="JsonException">The variables are no JSON.</exception>
    public ScheduleInput Input() => new(Timing())
    {
        Name = Name ?? "",
        Description = Description,
        Playbook = Playbook ?? "",
        TargetType = TargetType,
        Target = Target,
        ExtraVars = string.IsNullOrWhiteSpace(ExtraVars) ? null : JsonElement.Parse(ExtraVars),
        Enabled = Enabled,
        Tags = Tags,
        RetryOnFailure = int.TryParse(Retries, NumberStyles.None, CultureInfo.InvariantCulture, out var retries) ? retries : -1,
        Timeout = TimeoutSeconds(),
        NotificationType = Notification,
        OverlapPolicy = Overlap,
        MissedPolicy = Missed,
    };

    private static string Minutes(int seconds) => (seconds / 60.0).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>As it was, where it shows the same: minutes are shown rounded.</summary>
    private int TimeoutSeconds() =>
        _of is { } of && TimeoutMinutes == Minutes(of.Timeout) ? of.Timeout
        : double.TryParse(TimeoutMinutes, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and < 20_000 ? (int)Math.Round(minutes * 60) : 0;

    private static string? Local(DateTime? utc, string zone) => utc is { } at ? ScheduleWords.Local(at, zone).ToString(LocalTime, CultureInfo.InvariantCulture) : null;

    /// <summary>A time that the clocks skip is taken as if they had not yet been set forward.</summary>
    /// <param name="before">What it was: it stays, with its seconds, where it shows the same.</param>
    private DateTime? Utc(string? local, DateTime? before)
    {
        if (before is not null && Timezone == _of?.Timezone && local == Local(before, Timezone))
        {
            return before;
        }

        if (!DateTime.TryParseExact(local, [LocalTime, LocalTime + "':'ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) || !TimeZones.TryFind(Timezone, out var zone))
        {
            return null;
        }

        return zone.IsInvalidTime(at)
            ? DateTime.SpecifyKind(at - zone.GetUtcOffset(at.AddDays(-1)), DateTimeKind.Utc)
            : TimeZoneInfo.ConvertTimeToUtc(at, zone);
    }
}
