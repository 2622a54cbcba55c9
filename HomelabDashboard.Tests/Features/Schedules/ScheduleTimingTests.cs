using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Schedules;

namespace HomelabDashboard.Tests.Features.Schedules;

/// <summary>When schedules are due, held against an oracle that looks at the clock on the wall minute by minute.</summary>
public sealed class ScheduleTimingTests
{
    private static readonly string[] Zones =
    [
        "America/Montreal", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata", "America/Santiago", "Pacific/Auckland", "UTC",
    ];

    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    [Theory]
    [InlineData("daily at a time that is skipped", "02:30", "2027-03-13T12:00Z", "2027-03-14T07:00Z", "2027-03-15T06:30Z")]
    [InlineData("daily at the moment of the jump", "03:00", "2027-03-13T12:00Z", "2027-03-14T07:00Z", "2027-03-15T07:00Z")]
    [InlineData("daily at a time that comes twice", "01:30", "2027-11-06T12:00Z", "2027-11-07T05:30Z", "2027-11-08T06:30Z")]
    [InlineData("asked for between the two", "01:30", "2027-11-07T05:45Z", "2027-11-08T06:30Z", "2027-11-09T06:30Z")]
    public void A_daily_time_when_the_clocks_change(string what, string time, string after, params string[] due) =>
        Assert.True(due.SequenceEqual(Due(Recurring(RecurrenceType.Daily, time), after, due.Length)), what);

    [Theory]
    [InlineData("30 * * * *", "2027-03-14T06:00Z", "2027-03-14T06:30Z", "2027-03-14T07:30Z")]
    [InlineData("30 * * * *", "2027-11-07T05:00Z", "2027-11-07T05:30Z", "2027-11-07T06:30Z", "2027-11-07T07:30Z")]
    [InlineData("*/20 2 * * *", "2027-03-14T00:00Z", "2027-03-14T07:00Z", "2027-03-15T06:00Z")]
    [InlineData("0 0 29 2 *", "2027-01-01T00:00Z", "2028-02-29T05:00Z", "2032-02-29T05:00Z")]
    [InlineData("0 0 L * *", "2028-01-31T12:00Z", "2028-02-29T05:00Z", "2028-03-31T04:00Z")]
    [InlineData("0 4 13 * 5", "2027-08-01T00:00Z", "2027-08-06T08:00Z", "2027-08-13T08:00Z", "2027-08-20T08:00Z")]
    [InlineData("0 4 * * 0", "2027-08-01T00:00Z", "2027-08-01T08:00Z", "2027-08-08T08:00Z")]
    [InlineData("0 4 * * 7", "2027-08-01T00:00Z", "2027-08-01T08:00Z", "2027-08-08T08:00Z")]
    [InlineData("0 0 4 ? * MON", "2027-08-01T00:00Z", "2027-08-02T08:00Z", "2027-08-09T08:00Z")]
    [InlineData("@daily", "2027-08-01T00:00Z", "2027-08-01T04:00Z", "2027-08-02T04:00Z")]
    public void A_cron_expression(string cron, string after, params string[] due) =>
        Assert.Equal(due, Due(new(ScheduleType.Cron, CronExpression: cron), after, due.Length));

    [Theory]
    [InlineData("31", "2027-01-15T00:00Z", "2027-01-31T17:00Z", "2027-03-31T16:00Z", "2027-05-31T16:00Z")]
    [InlineData("last", "2028-01-15T00:00Z", "2028-01-31T17:00Z", "2028-02-29T17:00Z", "2028-03-31T16:00Z")]
    [InlineData("31,last", "2027-01-15T00:00Z", "2027-01-31T17:00Z", "2027-02-28T17:00Z", "2027-03-31T16:00Z")]
    [InlineData("29", "2027-02-01T00:00Z", "2027-03-29T16:00Z", "2027-04-29T16:00Z")]
    public void Days_of_the_month(string days, string after, params string[] due) =>
        Assert.Equal(due, Due(Recurring(RecurrenceType.Monthly, "12:00", days), after, due.Length));

    [Fact]
    public void An_interval_counts_real_time_and_its_start_counts_too()
    {
        var timing = Recurring(RecurrenceType.Interval, "6h") with { StartAt = At("2027-03-14T00:00Z") };
        Assert.Equal(["2027-03-14T00:00Z", "2027-03-14T06:00Z", "2027-03-14T12:00Z"], Due(timing, "2027-03-01T00:00Z", 3));
        Assert.Equal(["2027-03-14T12:00Z"], Due(timing, "2027-03-14T06:00Z", 1));
    }

    [Fact]
    public void Start_and_end_are_within_and_once_is_once()
    {
        var timing = Recurring(RecurrenceType.Daily, "12:00") with { StartAt = At("2027-06-02T16:00Z"), EndAt = At("2027-06-03T16:00Z") };
        Assert.Equal(["2027-06-02T16:00Z", "2027-06-03T16:00Z"], Due(timing, "2027-01-01T00:00Z", 9));
        Assert.Equal(["2027-06-02T16:00Z"], Due(new(ScheduleType.Once, At("2027-06-02T16:00Z")), "2027-01-01T00:00Z", 9));
        Assert.Empty(Due(new(ScheduleType.Once, At("2027-06-02T16:00Z")), "2027-06-02T16:00Z", 9));
    }

    [Fact]
    public void A_time_that_is_skipped_says_which()
    {
        var due = Timing(Recurring(RecurrenceType.Daily, "02:30")).Next(At("2027-03-14T00:00Z"))!.Value;
        Assert.Equal(new DateTime(2027, 3, 14, 2, 30, 0), due.Skipped);
        Assert.Null(Timing(Recurring(RecurrenceType.Daily, "03:00")).Next(At("2027-03-14T00:00Z"))!.Value.Skipped);
    }

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    public void What_never_comes_has_no_next_time(string cron) => Assert.Empty(Due(new(ScheduleType.Cron, CronExpression: cron), "2027-01-01T00:00Z", 1));

    [Theory]
    [InlineData("", "cron_expression")]
    [InlineData("61 * * * *", "cron_expression")]
    [InlineData("* * * *", "cron_expression")]
    [InlineData("* * * * * ?", "cron_expression")]
    [InlineData("*/5 * * * * ?", "cron_expression")]
    [InlineData("every day", "cron_expression")]
    [InlineData("0 0 * * MONDAYS", "cron_expression")]
    [InlineData("0 0 32 * *", "cron_expression")]
    public void What_is_no_cron_expression_is_refused_in_words(string cron, string field)
    {
        Assert.Null(ScheduleTiming.Read(new(ScheduleType.Cron, CronExpression: cron, Timezone: "UTC"), default, out var faults));
        Assert.Equal(field, Assert.Single(faults).Key);
    }

    [Theory]
    [InlineData(RecurrenceType.Daily, "3 o'clock", null, "recurrence_time")]
    [InlineData(RecurrenceType.Daily, "24:00", null, "recurrence_time")]
    [InlineData(RecurrenceType.Daily, "03:00", "mon", "recurrence_days")]
    [InlineData(RecurrenceType.Weekly, "03:00", null, "recurrence_days")]
    [InlineData(RecurrenceType.Weekly, "03:00", "mon,someday", "recurrence_days")]
    [InlineData(RecurrenceType.Monthly, "03:00", "0", "recurrence_days")]
    [InlineData(RecurrenceType.Monthly, "03:00", "1,32", "recurrence_days")]
    [InlineData(RecurrenceType.Interval, "03:00", null, "recurrence_time")]
    [InlineData(RecurrenceType.Interval, "0m", null, "recurrence_time")]
    [InlineData(RecurrenceType.Interval, "900d", null, "recurrence_time")]
    public void What_cannot_be_is_refused_at_its_field(RecurrenceType type, string time, string? days, string field)
    {
        Assert.Null(ScheduleTiming.Read(Recurring(type, time, days), default, out var faults));
        Assert.Equal(field, Assert.Single(faults).Key);
    }

    [Fact]
    public void No_text_breaks_the_reading_of_cron_expressions() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(
            Gen.Elements("0", "5", "59", "*", "*/5", "1-5", "L", "?", "#", "W", "MON", "/", "-", ",", "99999999999", "@", "H", "\0", "é", "15W", "6#3", "5L", "").ListOf().Select(p => string.Join(' ', p)).ToArbitrary(),
            text => ScheduleTiming.Read(new(ScheduleType.Cron, CronExpression: text, Timezone: "UTC"), default, out _)?.Next(At("2027-01-01T00:00Z"), 3)));

    [Fact]
    public void Whatever_recurs_is_due_when_the_clock_on_the_wall_says_so() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(150),
        Prop.ForAll(
            (from zone in Gen.Elements(Zones)
             from moment in Moment(zone)
             from time in Gen.Choose(0, 1439)
             from kind in Gen.Choose(0, 2)
             from days in Gen.SubListOf(kind == 2 ? [.. Enumerable.Range(1, 31).Select(d => d.ToString(CultureInfo.InvariantCulture)), "last"] : Weekdays)
             where kind == 0 || days.Count > 0
             select (zone, moment, time, kind, days)).ToArbitrary(),
            c =>
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{c.time / 60:00}:{c.time % 60:00}");
                var input = Recurring((RecurrenceType)c.kind, text, c.kind == 0 ? null : string.Join(',', c.days), c.zone);
                Holds(input, c.moment, everyHour: false, local => (local.Hour * 60) + local.Minute == c.time && c.kind switch
                {
                    0 => true,
                    1 => c.days.Contains(Weekdays[(int)local.DayOfWeek]),
                    _ => c.days.Contains(local.Day.ToString(CultureInfo.InvariantCulture))
                        || (c.days.Contains("last") && local.Day == DateTime.DaysInMonth(local.Year, local.Month)),
                });
            }));

    [Fact]
    public void Whatever_cron_says_is_due_when_the_clock_on_the_wall_says_so() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(
            (from zone in Gen.Elements(Zones)
             from moment in Moment(zone)
             from minutes in Field(0, 59)
             from hours in Field(0, 23)
             from days in Field(1, 31)
             from months in Gen.OneOf(Field(1, 12), Gen.Constant<IReadOnlyCollection<int>?>([2, 3, moment.Month]))
             from weekdays in Field(0, 6)
             select (zone, moment, minutes, hours, days, months, weekdays)).ToArbitrary(),
            c =>
            {
                var cron = $"{Text(c.minutes)} {Text(c.hours)} {Text(c.days)} {Text(c.months)} {Text(c.weekdays)}";
                Holds(new(ScheduleType.Cron, CronExpression: cron, Timezone: c.zone), c.moment, c.hours is null, local =>
                    Has(c.minutes, local.Minute) && Has(c.hours, local.Hour) && Has(c.months, local.Month)
                    && (c is { days: not null, weekdays: not null }
                        ? Has(c.days, local.Day) || Has(c.weekdays, (int)local.DayOfWeek)
                        : Has(c.days, local.Day) && Has(c.weekdays, (int)local.DayOfWeek)));
            }));

    private static bool Has(IReadOnlyCollection<int>? field, int value) => field?.Contains(value) ?? true;

    private static string Text(IReadOnlyCollection<int>? field) => field is null ? "*" : string.Join(',', field);

    /// <summary>Null: all.</summary>
    private static Gen<IReadOnlyCollection<int>?> Field(int from, int to) => Gen.OneOf(
        Gen.Constant<IReadOnlyCollection<int>?>(null),
        Gen.Choose(from, to).Select(v => (IReadOnlyCollection<int>?)[v]),
        Gen.Choose(from, to).ListOf(3).Select(v => (IReadOnlyCollection<int>?)v.Distinct().ToList()));

    /// <summary>Near a change of the clocks or the end of a February, of a leap year and of another.</summary>
    private static Gen<DateTime> Moment(string zone)
    {
        var found = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var changes = Enumerable.Range(0, 365 * 4).Select(d => new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(d))
            .Where(d => found.GetUtcOffset(d) != found.GetUtcOffset(d.AddDays(1)))
            .Append(new(2027, 2, 27, 0, 0, 0, DateTimeKind.Utc)).Append(new(2028, 2, 28, 0, 0, 0, DateTimeKind.Utc)).ToList();
        return from change in Gen.Elements<DateTime>(changes) from seconds in Gen.Choose(-2 * 86400, 3 * 86400) select change.AddSeconds(seconds);
    }

    private static void Holds(TimingInput input, DateTime after, bool everyHour, Func<DateTime, bool> matches)
    {
        const int Days = 45;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(input.Timezone!);
        var until = after.AddDays(Days);
        var expected = Oracle(zone, after, until, everyHour, matches).Take(8).ToList();
        var found = Timing(input).Next(after, 8).Select(d => d.At).Where(at => at <= until).ToList();
        Assert.Equal(expected, found);
    }

    /// <summary>Looks at every minute: is it one that is meant, is it here for the first time, or was one that is meant skipped before it?</summary>
    private static IEnumerable<DateTime> Oracle(TimeZoneInfo zone, DateTime after, DateTime until, bool everyHour, Func<DateTime, bool> matches)
    {
        var minute = after.AddTicks(-(after.Ticks % TimeSpan.TicksPerMinute)).AddHours(-30);
        var before = TimeZoneInfo.ConvertTimeFromUtc(minute, zone);
        var latest = before;
        for (minute = minute.AddMinutes(1); minute <= until; minute = minute.AddMinutes(1))
        {
            var local = TimeZoneInfo.ConvertTimeFromUtc(minute, zone);
            var due = matches(local) && (everyHour || local > latest);
            for (var skipped = before.AddMinutes(1); !everyHour && !due && skipped < local; skipped = skipped.AddMinutes(1))
            {
                due = skipped > latest && matches(skipped);
            }

            if (due && minute > after)
            {
                yield return minute;
            }

            before = local;
            latest = local > latest ? local : latest;
        }
    }

    private static TimingInput Recurring(RecurrenceType type, string time, string? days = null, string zone = TimeZones.Default) =>
        new(ScheduleType.Recurring, RecurrenceType: type, RecurrenceTime: time, RecurrenceDays: days, Timezone: zone);

    private static ScheduleTiming Timing(TimingInput input)
    {
        var timing = ScheduleTiming.Read(input with { Timezone = input.Timezone ?? TimeZones.Default }, new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc), out var faults);
        Assert.True(timing is not null, string.Join(" ", faults.Values));
        return timing;
    }

    private static List<string> Due(TimingInput input, string after, int count) =>
        [.. Timing(input).Next(At(after), count).Select(d => d.At.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture))];

    private static DateTime At(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
