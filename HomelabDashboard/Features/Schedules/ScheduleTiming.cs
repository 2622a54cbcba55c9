using System.Collections.Immutable;
using System.Globalization;
using Quartz;

namespace HomelabDashboard.Features.Schedules;

/// <summary>
/// When a schedule is due. What stands at fixed hours keeps to them when the clocks change: a time that is skipped is due at the
/// moment the clocks jump, once however many are skipped, and a time that comes twice is due the first time. A cron expression
/// that leaves the hour open follows the clock as it is: what is skipped is left out, what comes twice is due twice. An interval
/// counts real time and knows nothing of clocks. See docs/decisions/schedule-times.md.
/// </summary>
public sealed class ScheduleTiming
{
    private const int LastYear = 2199;
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(366);

    /// <summary>As they are written, from Monday on.</summary>
    public static readonly ImmutableArray<string> Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private readonly List<CronExpression> _clock = [];
    private readonly TimeZoneInfo _zone;
    private readonly DateTime? _start;
    private readonly DateTime? _end;
    private readonly bool _everyHour;
    private readonly DateTime? _once;
    private readonly DateTime _anchor;
    private readonly TimeSpan? _interval;

    private ScheduleTiming(TimingInput input, DateTime now, Dictionary<string, string> faults)
    {
        (_start, _end, _zone) = (input.StartAt, input.EndAt, TimeZoneInfo.Utc);
        if (TimeZones.TryFind(input.Timezone, out var zone))
        {
            _zone = zone;
        }
        else
        {
            faults["timezone"] = "There is no such time zone. Take a name such as Europe/Berlin.";
        }

        foreach (var (field, at) in new[] { ("schedule_time", input.ScheduleTime), ("start_at", _start), ("end_at", _end) })
        {
            if (at?.Year > LastYear)
            {
                faults[field] = $"Choose a time up to the year {LastYear}.";
            }
        }

        if (_start >= _end)
        {
            faults["end_at"] = "The end is to come after the start.";
        }

        switch (input.ScheduleType)
        {
            case ScheduleType.Once when input.ScheduleTime is { } at:
                _once = at;
                break;
            case ScheduleType.Once:
                faults["schedule_time"] = "Say when it is to run.";
                break;
            case ScheduleType.Cron:
                if (CronText.Read(input.CronExpression, out var expression, out _everyHour) is { } fault)
                {
                    faults["cron_expression"] = fault;
                }
                else
                {
                    _clock.Add(expression!);
                }

                break;
            case ScheduleType.Recurring when input.RecurrenceType == RecurrenceType.Interval:
                if (Duration.TryParse(input.RecurrenceTime ?? "", out var interval) && interval <= LongestInterval)
                {
                    (_interval, _anchor) = (interval, input.StartAt ?? now);
                }
                else
                {
                    faults["recurrence_time"] = "Say how long from one run to the next: 30m, 6h or 2d, a year at the most.";
                }

                break;
            default:
                AddRecurring(input, faults);
                break;
        }
    }

    /// <summary>Reads when a schedule is due.</summary>
    /// <param name="input">As it was written.</param>
    /// <param name="created">When the schedule was made: what an interval without a start counts from.</param>
    /// <param name="faults">Messages by field, in the API's names; empty when it can be read.</param>
    public static ScheduleTiming? Read(TimingInput input, DateTime created, out IReadOnlyDictionary<string, string> faults)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var timing = new ScheduleTiming(input, created, found);
        faults = found;
        return found.Count == 0 ? timing : null;
    }

    /// <summary>The first time after <paramref name="after"/> (UTC); null when there is none any more.</summary>
    public DueTime? Next(DateTime after)
    {
        // The start itself counts.
        var from = _start is { } start && start > after ? start.AddTicks(-1) : after;
        DueTime? next = (_once, _interval) switch
        {
            ({ } once, _) => once > from ? new(once) : null,
            (_, { } interval) => new(NextInterval(from, interval)),
            _ when _everyHour => NextByClockAsItIs(from),
            _ => NextAtFixedHours(from),
        };
        return next?.At > _end ? null : next;
    }

    /// <summary>The next times, the earliest first.</summary>
    public IReadOnlyList<DueTime> Next(DateTime after, int count)
    {
        var times = new List<DueTime>();
        while (times.Count < count && Next(after) is { } next)
        {
            times.Add(next);
            after = next.At;
        }

        return times;
    }

    private DateTime NextInterval(DateTime after, TimeSpan interval)
    {
        if (after < _anchor)
        {
            return _start is null ? _anchor + interval : _anchor;
        }

        return _anchor + (((after - _anchor).Ticks / interval.Ticks) + 1) * interval;
    }

    private DueTime? NextAtFixedHours(DateTime after)
    {
        for (var local = NextLocal(TimeZoneInfo.ConvertTimeFromUtc(after, _zone)); local is { } due; local = NextLocal(due))
        {
            var at = InstantOf(due);
            if (at.At > after)
            {
                return at;
            }
        }

        return null;
    }

    private DueTime? NextByClockAsItIs(DateTime after)
    {
        var (at, included) = (after, false);
        while (true)
        {
            var offset = _zone.GetUtcOffset(at);
            if (NextLocal(at + offset - (included ? TimeSpan.FromSeconds(1) : TimeSpan.Zero)) is not { } local)
            {
                return null;
            }

            var due = DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
            if (FirstChange(at, due) is not { } change || due < change)
            {
                return new(due);
            }

            (at, included) = (change, true);
        }
    }

    private DateTime? NextLocal(DateTime local)
    {
        DateTime? first = null;
        foreach (var expression in _clock)
        {
            var next = expression.GetNextValidTimeAfter(new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.Zero))?.DateTime;
            first = next < first || first is null ? next : first;
        }

        return first;
    }

    private DueTime InstantOf(DateTime local)
    {
        if (_zone.IsInvalidTime(local))
        {
            var jump = local.AddSeconds(-local.Second);
            while (_zone.IsInvalidTime(jump))
            {
                jump = jump.AddMinutes(1);
            }

            return new(TimeZoneInfo.ConvertTimeToUtc(jump, _zone), local);
        }

        // The greatest offset is that of the first time of two.
        return new(_zone.IsAmbiguousTime(local)
            ? DateTime.SpecifyKind(local - _zone.GetAmbiguousTimeOffsets(local).Max(), DateTimeKind.Utc)
            : TimeZoneInfo.ConvertTimeToUtc(local, _zone));
    }

    /// <summary>The first moment after one, up to another, at which the clocks are changed.</summary>
    private DateTime? FirstChange(DateTime from, DateTime until)
    {
        var offset = _zone.GetUtcOffset(from);
        for (var before = from; before < until;)
        {
            var after = before + TimeSpan.FromDays(1) < until ? before + TimeSpan.FromDays(1) : until;
            if (_zone.GetUtcOffset(after) != offset)
            {
                while (after - before > TimeSpan.FromSeconds(1))
                {
                    var middle = before + ((after - before) / 2);
                    (before, after) = _zone.GetUtcOffset(middle) == offset ? (middle, after) : (before, middle);
                }

                // Clocks are changed at whole seconds.
                return after.AddTicks(-(after.Ticks % TimeSpan.TicksPerSecond));
            }

            before = after;
        }

        return null;
    }

    private void AddRecurring(TimingInput input, Dictionary<string, string> faults)
    {
        if (input.RecurrenceType is null)
        {
            faults["recurrence_type"] = "Say how it comes again: daily, weekly, monthly or interval.";
        }

        if (!TimeOnly.TryParseExact(input.RecurrenceTime, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            faults["recurrence_time"] = "Say the time of day as hours and minutes, such as 03:00.";
        }

        var days = (input.RecurrenceDays ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(d => d.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToList();
        var clock = string.Create(CultureInfo.InvariantCulture, $"0 {time.Minute} {time.Hour}");
        switch (input.RecurrenceType)
        {
            case RecurrenceType.Daily when days.Count > 0:
                faults["recurrence_days"] = "A daily schedule runs on all days. Take a weekly one to choose some.";
                break;
            case RecurrenceType.Daily:
                Add(clock + " * * ?");
                break;
            case RecurrenceType.Weekly when days.Count == 0 || days.Exists(d => !Weekdays.Contains(d)):
                faults["recurrence_days"] = $"Say on which days of the week, with commas between: {string.Join(", ", Weekdays)}.";
                break;
            case RecurrenceType.Weekly:
                Add($"{clock} ? * {string.Join(',', days).ToUpperInvariant()}");
                break;
            case RecurrenceType.Monthly:
                var numbers = days.Where(d => d != "last").ToList();
                if (days.Count == 0 || numbers.Exists(d => !int.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out var day) || day is < 1 or > 31))
                {
                    faults["recurrence_days"] = "Say on which days of the month, with commas between: 1 to 31, and last for the last day.";
                    break;
                }

                if (numbers.Count > 0)
                {
                    Add($"{clock} {string.Join(',', numbers)} * ?");
                }

                if (numbers.Count < days.Count)
                {
                    Add(clock + " L * ?");
                }

                break;
        }
    }

    private void Add(string expression) => _clock.Add(CronExpression.Parse(expression).WithTimeZone(TimeZoneInfo.Utc));
}
