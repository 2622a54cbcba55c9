using HomelabDashboard.Components.Shared;

namespace HomelabDashboard.Tests.Components;

public sealed class FormatTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0%")]
    [InlineData(30.5, "30%")]
    [InlineData(99.9, "100%")]
    public void Percent_is_whole_and_unknown_is_not_zero(double? value, string text) => Assert.Equal(text, Format.Percent(value));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0 B")]
    [InlineData(999.0, "999 B")]
    [InlineData(999.7, "1 kB")]
    [InlineData(1_234.0, "1.23 kB")]
    [InlineData(465_000_000_000.0, "465 GB")]
    public void Bytes_go_in_steps_of_a_thousand(double? value, string text) => Assert.Equal(text, Format.Bytes(value));

    [Fact]
    public void Networks_are_rated_in_bits() => Assert.Equal("214 Mbit/s", Format.BitRate(26_750_000));

    [Theory]
    [InlineData(512.0, "512 MB")]
    [InlineData(15_876.0, "15.5 GB")]
    public void Memory_is_counted_as_kernels_do(double mebibytes, string text) => Assert.Equal(text, Format.Memory(mebibytes));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(4, "4 s")]
    [InlineData(72, "1 min 12 s")]
    [InlineData(120, "2 min")]
    [InlineData(18_720, "5 h 12 min")]
    [InlineData(86_400, "1 day")]
    [InlineData(3_546_000, "41 days")]
    public void Durations_have_two_units_at_most(int seconds, string text) => Assert.Equal(text, Format.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(4, "4 s ago")]
    [InlineData(840, "14 min ago")]
    [InlineData(7_300, "2 h ago")]
    [InlineData(300_000, "3 days ago")]
    [InlineData(-300, "in 5 min")]
    public void Ages_have_one_unit(int seconds, string text) => Assert.Equal(text, Format.Relative(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-0.1, "0 s old")]
    [InlineData(0.25, "6 h old")]
    [InlineData(12, "12 days old")]
    [InlineData(95, "3 months old")]
    [InlineData(800, "2 years old")]
    public void What_is_built_and_kept_is_so_old(double days, string text) => Assert.Equal(text, Format.Age(TimeSpan.FromDays(days)));
}
