using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Terminals;

namespace HomelabDashboard.Tests.Features.Terminals;

public sealed class SessionDurationTests
{
    [Theory]
    [InlineData("90m", 90)]
    [InlineData("24h", 24 * 60)]
    [InlineData("7d", 7 * 24 * 60)]
    [InlineData("30d", 30 * 24 * 60)]
    [InlineData("1m", 1)]
    public void Durations_as_people_write_them(string text, int minutes)
    {
        Assert.True(SessionDuration.TryParse(text, out var duration, out _));
        Assert.Equal(TimeSpan.FromMinutes(minutes), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("0m")]
    [InlineData("31d")]
    [InlineData("43201m")]
    [InlineData("99999d")]
    [InlineData("1.5h")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("5M")]
    [InlineData("5s")]
    [InlineData("5m\n")]
    [InlineData("٥m")]
    [InlineData("999999999999999999999999d")]
    public void Anything_else_is_refused_with_a_reason(string text)
    {
        Assert.False(SessionDuration.TryParse(text, out _, out var wrong));
        Assert.NotEmpty(wrong);
    }

    [Fact]
    public void Whatever_is_accepted_lies_within_the_bounds_and_is_what_was_written() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(
            (from number in Gen.Choose(0, 100_000) from unit in Gen.Elements('m', 'h', 'd', 's', 'w') select (number, unit)).ToArbitrary(),
            ((int Number, char Unit) c) =>
            {
                var minutes = c.Number * c.Unit switch { 'm' => 1L, 'h' => 60, 'd' => 1440, _ => 0 };
                var accepted = SessionDuration.TryParse($"{c.Number}{c.Unit}", out var duration, out _);
                Assert.Equal(minutes is >= 1 and <= 30 * 1440 && c.Number <= 99_999, accepted);
                Assert.True(!accepted || duration == TimeSpan.FromMinutes(minutes));
            }));

    [Fact]
    public void No_text_breaks_it() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
            !SessionDuration.TryParse(text.Get, out var duration, out _) || (duration >= SessionDuration.Minimum && duration <= SessionDuration.Maximum)));
}
