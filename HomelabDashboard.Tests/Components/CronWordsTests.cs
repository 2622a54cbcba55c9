using HomelabDashboard.Components.Pages.Schedules;

namespace HomelabDashboard.Tests.Components;

public sealed class CronWordsTests
{
    [Theory]
    [InlineData("30 4 * * 1", "Every Monday at 04:30")]
    [InlineData("0 3 * * *", "Every day at 03:00")]
    [InlineData("0 3,15 * * mon-fri", "Every weekday at 03:00 and 15:00")]
    [InlineData("*/15 * * * *", "Every 15 minutes")]
    [InlineData("5 * * * *", "Every hour at minute 5")]
    [InlineData("0 */6 * * 0,6", "Every 6 hours, every Saturday and Sunday")]
    [InlineData("0 0 1,15 * *", "On the 1st and the 15th of each month at 00:00")]
    [InlineData("0 0 31 dec *", "On the 31st of December at 00:00")]
    [InlineData("10 2 * 6-8 *", "Every day in June, July and August at 02:10")]
    [InlineData("0 0 * * 7", "Every Sunday at 00:00")]
    [InlineData(" @weekly ", "Every Sunday at 00:00")]
    [InlineData("@hourly", "Every hour")]
    [InlineData("* * * * *", "Every minute")]
    public void What_is_plain_is_said(string expression, string words) => Assert.Equal(words, CronWords.Of(expression));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0 0 L * *")]
    [InlineData("0 0 1 * 1")]
    [InlineData("*/7 * * * *")]
    [InlineData("*/-5 * * * *")]
    [InlineData("1-99999999 0 * * *")]
    [InlineData("0 0 0 * * ?")]
    [InlineData("0-59 0 * * *")]
    [InlineData("0 0 * * 5-2")]
    public void What_is_winding_is_not(string? expression) => Assert.Null(CronWords.Of(expression));
}
