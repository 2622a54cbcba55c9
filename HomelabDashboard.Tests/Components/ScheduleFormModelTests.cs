using System.Text.Json;
using HomelabDashboard.Components.Pages.Schedules;
using HomelabDashboard.Features.Schedules;

namespace HomelabDashboard.Tests.Components;

public sealed class ScheduleFormModelTests
{
    private static readonly DateTime Start = new(2027, 5, 3, 4, 5, 6, 789, DateTimeKind.Utc);

    [Fact]
    public void What_nobody_touches_stays_as_it_is()
    {
        foreach (var schedule in new[]
        {
            Schedule(ScheduleType.Recurring, RecurrenceType.Interval, "6h"),
            Schedule(ScheduleType.Recurring, RecurrenceType.Daily, "03:00"),
            Schedule(ScheduleType.Once, null, null),
        })
        {
            var input = ScheduleFormModel.Of(schedule).Input();
            Assert.Equal(JsonSerializer.Serialize(ScheduleInput.Of(schedule) with { CronExpression = null }), JsonSerializer.Serialize(input with { CronExpression = null, RecurrenceTime = schedule.RecurrenceTime }));
        }
    }

    [Fact]
    public void What_is_typed_counts()
    {
        var model = ScheduleFormModel.Of(Schedule(ScheduleType.Once, null, null));
        (model.Once, model.TimeoutMinutes, model.Start) = ("2027-06-01T12:00", "1.5", null);
        var input = model.Input();
        Assert.Equal((new DateTime(2027, 6, 1, 10, 0, 0, DateTimeKind.Utc), 90, null), (input.ScheduleTime, input.Timeout, input.StartAt));

        // The same clock in another zone is another time.
        model = ScheduleFormModel.Of(Schedule(ScheduleType.Once, null, null));
        model.Timezone = "UTC";
        Assert.Equal(new DateTime(2027, 5, 3, 6, 5, 0, DateTimeKind.Utc), model.Input().StartAt);
    }

    private static ScheduleRecord Schedule(ScheduleType type, RecurrenceType? recurrence, string? time) => new(
        "abc", "Nightly", null, "quick.yml", TargetType.All, "all", null, type, type == ScheduleType.Once ? Start.AddSeconds(7) : null, recurrence, time, null, null, "Europe/Berlin",
        Start, Start.AddDays(3), Enabled: true, null, null, null, ScheduleStatus.Never, 2, 50, NotificationType.Errors, OverlapPolicy.Queue, MissedPolicy.Skip,
        null, null, 0, 0, 0, 0, "ada", Start, Start);
}
