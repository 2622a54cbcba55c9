using HomelabDashboard.Components.Pages.Docker;

namespace HomelabDashboard.Tests.Components.Pages.Docker;

public sealed class WaitingLinesTests
{
    [Theory]
    [InlineData(100, 4_000)]
    [InlineData(16_000, 125)]
    public void Of_too_many_or_too_long_lines_the_oldest_go(int length, int kept)
    {
        var waiting = new WaitingLines();
        for (var i = 0; i < kept + 10; i++)
        {
            Assert.Equal(i >= (kept + 1) / 2, waiting.IsFull);
            waiting.Add([new(null, false, i.ToString(System.Globalization.CultureInfo.InvariantCulture).PadRight(length))]);
        }

        var text = waiting.Take(null)!.Split('\n');
        Assert.Contains("… 10 lines came too fast", text[0], StringComparison.Ordinal);
        Assert.Equal("10", text[1].Trim());
        Assert.Equal(kept + 2, text.Length);
        Assert.False(waiting.IsFull);
        Assert.Null(waiting.Take(null));
    }
}
