using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>Far more alerts than anybody reads, on their way to a real receiver.</summary>
public sealed class NotificationFloodTests
{
    private const int Many = 10_000;

    [Fact]
    public async Task Ten_thousand_in_a_minute_go_in_few_messages_each_once()
    {
        var clock = new SetClock(new(2040, 3, 1, 12, 0, 0, DateTimeKind.Utc));
        await using var receiver = await HttpReceiver.StartAsync();
        await using var app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(new OftenLooking(clock)));
        var added = await app.AsAsync(UserRole.Admin, s => s.GetRequiredService<ChannelService>().AddAsync(
            new ChannelInput("hook", ChannelKind.Webhook, Secret: receiver.Address, AllowPrivateHost: true), CancellationToken.None));
        Assert.True(added.Succeeded);
        var book = app.Services.GetRequiredService<AlertBook>();
        for (var i = 0; i < Many; i++)
        {
            book.Raise($"key {i}", new AlertSignal(AlertCategory.Host, AlertLevel.Warning, $"Number {i}", "A sentence.", "test"));
            if (i % 100 == 99)
            {
                clock.Pass(TimeSpan.FromMinutes(1) / (Many / 100));
            }
        }

        await Until.TrueAsync(() => book.Waiting == 0, "all are in the table", TimeSpan.FromSeconds(60));
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        await Until.TrueAsync(
            async () =>
            {
                clock.Pass(TimeSpan.FromSeconds(2));
                return await db.Set<NotificationDelivery>().CountAsync(d => d.State == DeliveryState.Sent) == Many;
            },
            "all were told",
            TimeSpan.FromSeconds(90));
        var messages = receiver.Requests.Select(r => r.Body.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("title").GetString()).ToList()).ToList();
        Assert.InRange(messages.Count, Many / NotificationOutbox.MostInDigest, 2 * Many / NotificationOutbox.MostInDigest);
        Assert.All(messages, m => Assert.InRange(m.Count, 1, NotificationOutbox.MostInDigest));
        var told = messages.SelectMany(m => m).ToList();
        Assert.Equal((Many, Many), (told.Count, told.Distinct().Count()));
    }

    /// <summary>What looks once a second looks far more often, so that the test need not wait for it.</summary>
    private sealed class OftenLooking(SetClock clock) : TimeProvider
    {
        private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            period == TimeSpan.FromSeconds(1) ? base.CreateTimer(callback, state, Often, Often) : base.CreateTimer(callback, state, dueTime, period);
    }
}
