using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features;

namespace HomelabDashboard.Tests.Features;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90m", 90)]
    [InlineData("24h", 24 * 60)]
    [InlineData("7d", 7 * 24 * 60)]
    [InlineData("30d", 30 * 24 * 60)]
    [InlineData("1m", 1)]
    public void Durations_as_people_write_them(string text, int minutes)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMinutes(minutes), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("0m")]
    [InlineData("1234567m")]
    [InlineData("1.5h")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("5M")]
    [InlineData("5s")]
    [InlineData("5m\n")]
    [InlineData("٥m")]
    [InlineData("999999999999999999999999d")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(Duration.TryParse(text, out _));
    }

    [Fact]
    public void Whatever_is_accepted_is_what_was_written() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(
            (from number in Gen.Choose(0, 2_000_000) from unit in Gen.Elements('m', 'h', 'd', 's', 'w') select (number, unit)).ToArbitrary(),
            ((int Number, char Unit) c) =>
            {
                var minutes = c.Number * c.Unit switch { 'm' => 1L, 'h' => 60, 'd' => 1440, _ => 0 };
                var accepted = Duration.TryParse($"{c.Number}{c.Unit}", out var duration);
                Assert.Equal(minutes > 0 && c.Number <= 999_999, accepted);
                Assert.True(!accepted || duration == TimeSpan.FromMinutes(minutes));
            }));

    [Fact]
    public void No_text_breaks_it() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text => !Duration.TryParse(text, out var duration) || duration > TimeSpan.Zero));
}
