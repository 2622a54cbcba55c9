using HomelabDashboard.Features.Metrics;

namespace HomelabDashboard.Tests.Features.Metrics;

public sealed class FillForecastTests
{
    private const double Gigabyte = 1024;
    private static readonly DateTime Now = new(2026, 6, 15, 12, 30, 0, DateTimeKind.Utc);

    [Fact]
    public void A_steady_rise_is_told_with_its_end_and_its_rate()
    {
        var forecast = Of(30, day => 46 + (2 * day));
        Assert.Equal(FillTrend.Filling, forecast.Trend);
        Assert.InRange(forecast.FullIn!.Value.TotalDays, 22.5, 23.5);
        Assert.InRange(forecast.GigabytesPerDay!.Value, 1.95, 2.05);
    }

    [Fact]
    public void What_began_to_fill_two_days_ago_counts_though_the_month_was_quiet()
    {
        var forecast = Of(30, day => day > 2 ? 500 : 400 + (50 * day));
        Assert.InRange(forecast.FullIn!.Value.TotalDays, 7, 9);
    }

    [Fact]
    public void A_rise_with_the_nights_backups_coming_and_going_is_still_seen() =>
        Assert.InRange(Of(30, day => 100 + (3 * day) - (day % 1 < 0.2 ? 12 : 0)).FullIn!.Value.TotalDays, 28, 38);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.001)]
    public void What_is_flat_falls_or_rises_too_slowly_to_matter_does_not_fill(double gigabytesPerDay) =>
        Assert.Equal(FillForecast.Steady, Of(30, day => 300 + (gigabytesPerDay * day)));

    [Fact]
    public void One_large_copy_is_no_trend_and_neither_is_the_course_of_each_day()
    {
        Assert.Equal(FillForecast.Steady, Of(30, day => day > 15 ? 300 : 200));
        Assert.Equal(FillForecast.Steady, Of(30, day => day > 1.5 ? 300 : 200));
        Assert.Equal(FillForecast.Steady, Of(30, day => 300 + (20 * Math.Sin(day * Math.Tau))));
        var random = new Random(7);
        Assert.Equal(FillForecast.Steady, Of(30, _ => 300 + random.NextDouble()));
    }

    [Fact]
    public void After_a_large_clearing_up_the_rate_is_that_of_the_days_since() =>
        Assert.InRange(Of(30, day => (day > 6 ? 40 : 400) + (10 * day)).FullIn!.Value.TotalDays, 38, 42);

    [Fact]
    public void Less_than_a_day_tells_nothing()
    {
        Assert.Equal(FillForecast.Unknown, Of(0.9, day => 46 + (2 * day)));
        Assert.Equal(FillForecast.Unknown, FillForecast.Of([], 100, Now));
        Assert.Equal(FillForecast.Unknown, FillForecast.Of([(Seconds(20), 10), (Seconds(0), 5)], 5, Now));
        Assert.Equal(FillTrend.Filling, Of(1.2, day => 46 + (2 * day)).Trend);
    }

    [Fact]
    public void Gaps_and_hours_of_a_time_to_come_change_nothing()
    {
        var hours = Hours(30, day => 46 + (2 * day)).Where((_, i) => i % 5 != 0 && i is not (> 200 and < 400)).ToList();
        hours.Add((hours[^1].Start + (86400 * 365), 1));
        Assert.InRange(FillForecast.Of(hours, 46 * Gigabyte, Now).FullIn!.Value.TotalDays, 22.5, 23.5);
    }

    [Fact]
    public void What_is_full_is_full() => Assert.Equal(TimeSpan.Zero, Of(10, day => 2 * day).FullIn);

    /// <param name="available">Gigabytes so many days ago.</param>
    private static FillForecast Of(double days, Func<double, double> available) => FillForecast.Of(Hours(days, available), available(0) * Gigabyte, Now);

    private static List<(long Start, double AvailableMb)> Hours(double days, Func<double, double> available) =>
        [.. Enumerable.Range(0, (int)(days * 24) + 1).Reverse().Select(hour => (Seconds(hour), available(hour / 24.0) * Gigabyte))];

    private static long Seconds(int hoursAgo) => new DateTimeOffset(Now).ToUnixTimeSeconds() / 3600 * 3600 - (hoursAgo * 3600L);
}
