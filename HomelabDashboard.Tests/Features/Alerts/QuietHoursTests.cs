using System.Globalization;
using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Tests.Features.Alerts;

public sealed class QuietHoursTests
{
    [Theory]
    [InlineData("22:00", "07:00", "2026-06-15T21:30:00Z", "2026-06-16T05:00:00Z")]
    [InlineData("22:00", "07:00", "2026-06-16T04:59:00Z", "2026-06-16T05:00:00Z")]
    [InlineData("22:00", "07:00", "2026-06-16T05:00:00Z", null)]
    [InlineData("12:00", "13:00", "2026-06-15T10:30:00Z", "2026-06-15T11:00:00Z")]

    // The clocks go forward in this night, and back in that one.
    [InlineData("22:00", "07:00", "2026-03-28T22:30:00Z", "2026-03-29T05:00:00Z")]
    [InlineData("22:00", "07:00", "2026-10-24T21:30:00Z", "2026-10-25T06:00:00Z")]
    [InlineData("22:00", "02:30", "2026-03-28T22:30:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("22:00", "02:30", "2026-10-24T22:30:00Z", "2026-10-25T00:30:00Z")]
    public void They_end_at_their_time_of_day(string from, string until, string now, string? end)
    {
        var quiet = QuietHours.Read(from, until, "Europe/Berlin")!.Value;
        Assert.Equal(end is null ? null : Utc(end), quiet.EndAfter(Utc(now)));
    }

    private static DateTime Utc(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
