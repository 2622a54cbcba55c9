using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Notifications;

namespace HomelabDashboard.Tests.Features.Notifications;

public sealed class NotificationTextTests
{
    private static readonly DateTime Noon = new(2026, 6, 15, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(45, "It lasted 45 s.")]
    [InlineData(12 * 60, "It lasted 12 min.")]
    [InlineData(3 * 3600 + 600, "It lasted 3 h 10 min.")]
    [InlineData(50 * 3600, "It lasted 2 d 2 h.")]
    [InlineData(-60, "It is over.")]
    public void The_end_says_how_long_it_was(int seconds, string text)
    {
        var message = Of((DeliveryEvent.Closed, AlertLevel.Critical, seconds));
        Assert.Equal((text, AlertLevel.Success), (message.Text, message.Level));
    }

    [Fact]
    public void A_digest_is_as_bad_as_the_worst_that_goes_on()
    {
        var mixed = Of((DeliveryEvent.Closed, AlertLevel.Critical, 60), (DeliveryEvent.Opened, AlertLevel.Warning, 0), (DeliveryEvent.Opened, AlertLevel.Error, 0));
        Assert.Equal(("Homelab: 2 alerts, 1 is over", AlertLevel.Error, "- Number 2\n- Number 1\n- Number 0"), (mixed.Title, mixed.Level, mixed.Text));
        var over = Of((DeliveryEvent.Closed, AlertLevel.Critical, 60), (DeliveryEvent.Closed, AlertLevel.Warning, 60));
        Assert.Equal(("Homelab: 2 alerts are over", AlertLevel.Success), (over.Title, over.Level));
        Assert.Equal("Homelab: 2 alerts", Of((DeliveryEvent.Opened, AlertLevel.Info, 0), (DeliveryEvent.Reminder, AlertLevel.Info, 0)).Title);
    }

    private static NotificationMessage Of(params (DeliveryEvent Event, AlertLevel Level, int Seconds)[] told)
    {
        var alerts = told.Select((t, i) => new Alert { Id = i, Category = AlertCategory.Host, Level = t.Level, Message = "What to do.", Key = "x", CreatedAt = Noon, ClosedAt = Noon.AddSeconds(t.Seconds) }).ToDictionary(a => a.Id);
        return NotificationText.Of([.. told.Select((t, i) => new NotificationDelivery { Id = i, ChannelId = 1, AlertId = i, Event = t.Event, Title = $"Number {i}", CreatedAt = Noon })], alerts);
    }
}
