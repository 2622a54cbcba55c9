using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>When alerts go to a receiver: once each, again where they must, and not when nobody wants them.</summary>
public sealed class DeliveryTests : NotificationLab
{
    [Fact]
    public async Task What_does_not_go_is_tried_again_later_and_a_redirect_is_not_followed()
    {
        var id = await AddHookAsync("hook");
        Receiver.Answer = _ => 503;
        Book.Raise("a", AlertOf("First"));
        var waiting = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "pending" && d.GetProperty("attempts").GetInt32() == 1);
        Assert.Equal("The receiver answered 503.", waiting.GetProperty("error").GetString());
        Assert.Single(Receiver.Requests);

        Receiver.Answer = response =>
        {
            response.Headers.RetryAfter = "900";
            return 429;
        };
        Clock.Pass(TimeSpan.FromSeconds(30));
        waiting = await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 2 && d.GetProperty("state").GetString() == "pending");
        Assert.Equal(Clock.Now.AddSeconds(900), waiting.GetProperty("next_at").GetDateTime());
        Receiver.Answer = _ => 200;
        Clock.Pass(TimeSpan.FromSeconds(901));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        Assert.Equal(3, Receiver.Requests.Count);

        Receiver.Answer = response =>
        {
            response.Headers.Location = Receiver.Address + "/elsewhere";
            return 302;
        };
        Book.Raise("b", AlertOf("Second"));
        var failed = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "failed");
        Assert.Contains("it wants to be asked at another address", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Receiver.Requests, r => r.Path == "/elsewhere");
    }

    [Fact]
    public async Task A_digest_that_is_refused_for_good_costs_only_what_itself_is_refused()
    {
        var id = await AddHookAsync("hook");
        var taken = new ConcurrentQueue<string>();
        Receiver.Answer = _ =>
        {
            var titles = TitlesOf(Receiver.Requests.Last());
            if (titles.Contains("Number 0") || titles.Count > 5)
            {
                return titles.Contains("Number 0") ? 400 : 413;
            }

            titles.ForEach(taken.Enqueue);
            return 200;
        };
        for (var i = 0; i < 12; i++)
        {
            Book.Raise($"key {i}", AlertOf($"Number {i}"));
        }

        await Until.TrueAsync(
            async () =>
            {
                Clock.Pass(TimeSpan.FromSeconds(1));
                await using var db = await Database();
                return await db.Set<NotificationDelivery>().CountAsync(d => d.State == DeliveryState.Sent || d.State == DeliveryState.Failed) == 12;
            },
            "all have ended",
            TimeSpan.FromSeconds(40));
        Assert.Equal(11, await SentAsync(id));
        Assert.Equal(Enumerable.Range(1, 11).Select(i => $"Number {i}").Order(StringComparer.Ordinal), taken.Order(StringComparer.Ordinal));
        Assert.Equal("Number 0", (await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "failed")).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_channel_tells_of_what_it_is_for_in_its_time_and_of_the_end()
    {
        var id = await AddAsync(new
        {
            name = "hook",
            kind = "webhook",
            secret = Receiver.Address,
            allow_private_host = true,
            min_level = "error",
            categories = new[] { "docker" },
            quiet_from = "11:00",
            quiet_until = "13:00",
        });
        Book.Raise("level", AlertOf("Too low") with { Category = AlertCategory.Docker });
        Book.Raise("category", AlertOf("Another room") with { Level = AlertLevel.Critical });
        Book.Raise("right", AlertOf("Right") with { Category = AlertCategory.Docker, Level = AlertLevel.Critical });
        var waiting = await DeliveryAsync(id, _ => true);
        Assert.Equal(("Right", new DateTime(2040, 3, 1, 13, 0, 0, DateTimeKind.Utc)), (waiting.GetProperty("title").GetString(), waiting.GetProperty("next_at").GetDateTime()));
        Assert.Empty(Receiver.Requests);
        Clock.Pass(TimeSpan.FromMinutes(61));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        Assert.Equal("Right", Assert.Single(Receiver.Requests).Text("title"));

        // What is over for a moment only is not over.
        Book.Close("right");
        Book.Raise("right", AlertOf("Right") with { Category = AlertCategory.Docker, Level = AlertLevel.Critical });
        Clock.Pass(TimeSpan.FromMinutes(5));
        Book.Close("right");
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != "right"), "it is over");
        Clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("state").GetString() == "sent");
        Assert.Equal(["Right", "Over: Right"], Receiver.Requests.Select(r => r.Text("title")));
        Assert.Equal(("It lasted 1 h 6 min.", "success"), (Receiver.Requests.Last().Text("text"), Receiver.Requests.Last().Text("level")));
    }

    [Fact]
    public async Task A_restart_in_the_middle_loses_none_and_sends_none_twice()
    {
        var id = await AddHookAsync("hook");
        Receiver.Answer = _ => 503;
        Book.Raise("a", AlertOf("It waits"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Book.Raise("b", AlertOf("It was on its way"));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It was on its way" && d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        await using (var db = await Database())
        {
            // As it is left when the program is ended between the mark and the answer.
            Assert.Equal(1, await db.Set<NotificationDelivery>().Where(d => d.Title == "It was on its way").ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Sending)));
        }

        Api.Dispose();
        App.KeepFolder();
        var folder = App.Folder;
        await App.DisposeAsync();
        Receiver.Requests.Clear();
        Receiver.Answer = _ => 200;
        Clock.Pass(TimeSpan.FromHours(2));
        await StartAsync(folder);

        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It waits" && d.GetProperty("state").GetString() == "sent");
        var unclear = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "unclear");
        Assert.Contains("It may have arrived", unclear.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(["It waits"], Receiver.Requests.Select(r => r.Text("title")));
    }

    [Fact]
    public async Task What_went_out_and_was_not_answered_is_not_sent_again()
    {
        var id = await AddHookAsync("hook");
        Receiver.Answer = response =>
        {
            response.HttpContext.Abort();
            return 200;
        };
        Book.Raise("a", AlertOf("First"));
        var unclear = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "unclear");
        Assert.Contains("It is not sent again", unclear.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, unclear.GetProperty("next_at").ValueKind);
        Assert.Single(Receiver.Requests);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_tried_for_a_day()
    {
        int port;
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        var id = await AddAsync(new { name = "hook", kind = "webhook", secret = $"http://127.0.0.1:{port}/", allow_private_host = true });
        Book.Raise("a", AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        await using (var db = await Database())
        {
            await db.Set<NotificationDelivery>().ExecuteUpdateAsync(set => set.SetProperty(d => d.Attempts, 20));
        }

        Clock.Pass(TimeSpan.FromHours(22));
        var waiting = await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 21 && d.GetProperty("state").GetString() == "pending");
        Assert.InRange(waiting.GetProperty("next_at").GetDateTime() - Clock.Now, NotificationOutbox.LongestRetry * 0.9, NotificationOutbox.LongestRetry * 1.1);
        Clock.Pass(TimeSpan.FromHours(2));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 22 && d.GetProperty("state").GetString() == "failed");
    }

    [Fact]
    public async Task A_clock_that_is_set_back_holds_up_nothing()
    {
        var id = await AddHookAsync("hook");
        Receiver.Answer = _ => 404;
        Book.Raise("a", AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Receiver.Answer = _ => 200;
        Clock.Set(Clock.Now.AddHours(-5));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
    }

    [Fact]
    public async Task What_becomes_worse_is_told_to_those_who_were_not_told_yet()
    {
        var low = await AddHookAsync("low");
        var high = await AddAsync(new { name = "high", kind = "webhook", secret = Receiver.Address + "/high", allow_private_host = true, min_level = "critical" });
        Book.Raise("disk", AlertOf("It fills"));
        await DeliveryAsync(low, d => d.GetProperty("state").GetString() == "sent");
        Book.Refresh("disk", AlertOf("It is full") with { Level = AlertLevel.Critical });
        await DeliveryAsync(high, d => d.GetProperty("state").GetString() == "sent");
        Assert.Equal([("/high", "It is full"), ("/hook", "It fills")], Receiver.Requests.Select(r => (r.Path, r.Text("title"))).Order());
    }

    [Fact]
    public async Task What_nobody_needs_to_know_any_more_is_not_sent()
    {
        var id = await AddHookAsync("hook");
        Receiver.Answer = _ => 503;
        Book.Raise("over", AlertOf("It is over"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Book.Raise("seen", AlertOf("It is seen"));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It is seen" && d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Receiver.Requests.Clear();
        Receiver.Answer = _ => 200;
        var seen = Book.Live.Snapshot().Values.Single(a => a.Key == "seen").Id;
        Assert.True((await App.AsAsync(UserRole.Admin, s => s.GetRequiredService<AlertService>().AcknowledgeAsync(seen, CancellationToken.None))).Succeeded);
        Book.Close("over");
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != "over"), "it is over");
        Clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It is over" && d.GetProperty("state").GetString() == "skipped");
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It is seen" && d.GetProperty("state").GetString() == "skipped");
        Assert.Empty(Receiver.Requests);
    }

    [Fact]
    public async Task Quiet_hours_hold_also_for_what_is_tried_again()
    {
        var id = await AddHookAsync("hook");
        Receiver.Answer = _ => 503;
        Book.Raise("a", AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Receiver.Requests.Clear();
        using var quiet = await Api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", new { quiet_from = "12:00", quiet_until = "14:00" });
        Assert.Equal(HttpStatusCode.OK, quiet.StatusCode);
        Clock.Pass(TimeSpan.FromMinutes(1));
        await DeliveryAsync(id, d => d.GetProperty("next_at").GetDateTime() == new DateTime(2040, 3, 1, 14, 0, 0, DateTimeKind.Utc));
        Assert.Empty(Receiver.Requests);
    }

    [Fact]
    public async Task Quiet_hours_of_a_rule_hold_also_for_the_end()
    {
        var id = await AddHookAsync("hook");
        var rule = new AlertRule { Name = "Disks", Kind = AlertRuleKind.Zfs, Enabled = false, QuietFrom = "12:30", QuietUntil = "14:00" };
        await using (var db = await Database())
        {
            db.Add(rule);
            await db.SaveChangesAsync();
        }

        await App.Services.GetRequiredService<RuleBook>().ReloadAsync(CancellationToken.None);
        var key = $"rule:{rule.Id}:nas:tank";
        Book.Raise(key, AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        Clock.Pass(TimeSpan.FromMinutes(25));
        Book.Close(key);
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != key), "it is over");
        Clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("next_at").ValueKind != JsonValueKind.Null
            && d.GetProperty("next_at").GetDateTime() == new DateTime(2040, 3, 1, 14, 0, 0, DateTimeKind.Utc));
        Assert.Single(Receiver.Requests);
        Clock.Pass(TimeSpan.FromMinutes(90));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("state").GetString() == "sent");
    }

    [Fact]
    public async Task A_fault_of_the_dashboard_leaves_nothing_on_its_way()
    {
        var id = await AddHookAsync("hook");
        await using (var db = await Database())
        {
            await db.Set<NotificationChannel>().ExecuteUpdateAsync(set => set.SetProperty(c => c.Settings, "null"));
        }

        Book.Raise("a", AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() is "unclear" or "sent");
    }

    [Fact]
    public async Task A_container_is_told_of_again_after_the_time_that_is_set()
    {
        var id = await AddHookAsync("hook");
        await using (var db = await Database())
        {
            db.Add(new Host { Id = "web", Name = "web", IpAddress = "192.0.2.2", DockerEnabled = true });
            db.Add(new DockerAlert { HostId = "web", ContainerName = "shop", Message = "ended unexpectedly with code 1", OpenedAt = Clock.Now });
            await db.SaveChangesAsync();
        }

        await App.Services.GetRequiredService<HostBoard>().ReloadAsync(CancellationToken.None);
        App.Services.GetRequiredService<LiveStore<string, HostSummary>>().Update("web", h => h! with { Status = HostStatus.Online, Reachable = true });
        var docker = App.Services.GetRequiredService<DockerAlerts>();
        await docker.ChangeAsync(1, _ => { }, CancellationToken.None);
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        await Until.TrueAsync(() => docker.Live.Get(1)?.LastNotifiedAt == Clock.Now, "it is noted that people were told");

        Clock.Pass(TimeSpan.FromHours(24));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "reminder" && d.GetProperty("state").GetString() == "sent");
        await Until.TrueAsync(() => docker.Live.Get(1)?.LastNotifiedAt == Clock.Now, "and that they were told again");

        // It is over, and an hour later it is in trouble once more: that stands in the inbox, and nobody is told.
        await docker.DismissAsync(1, CancellationToken.None);
        await Until.TrueAsync(() => Book.Live.Snapshot().Count == 0, "it is over");
        Clock.Pass(TimeSpan.FromHours(1));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("state").GetString() == "sent");
        await using (var db = await Database())
        {
            db.Add(new DockerAlert { HostId = "web", ContainerName = "shop", Message = "ended unexpectedly with code 1", OpenedAt = Clock.Now, LastNotifiedAt = Clock.Now.AddHours(-1) });
            await db.SaveChangesAsync();
        }

        await docker.ChangeAsync(2, _ => { }, CancellationToken.None);
        await Until.TrueAsync(() => Book.Live.Snapshot().Count == 1, "it is in the inbox");
        Assert.Equal(Clock.Now.AddHours(23), Book.Live.Snapshot().Values.Single().NotifyAfter);
        Assert.Equal(3, Receiver.Requests.Count);
    }

    [Fact]
    public async Task The_log_of_what_was_sent_keeps_the_newest_and_those_whose_end_is_to_be_told()
    {
        var id = await AddHookAsync("hook");
        Book.Raise("long", AlertOf("Goes on"));
        var first = (await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent")).GetProperty("id").GetInt64();
        await using (var db = await Database())
        {
            await db.Database.ExecuteSqlAsync($"""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                INSERT INTO notification_deliveries (channel_id, event, title, state, attempts, created_at, sent_at)
                SELECT {id}, 'opened', 'Of long ago', 'sent', 1, {Clock.Now}, {Clock.Now} FROM n
                """);
        }

        for (var i = 0; i < 500; i++)
        {
            Book.Raise($"key {i}", AlertOf($"Number {i}"));
        }

        await Until.TrueAsync(
            async () =>
            {
                Clock.Pass(TimeSpan.FromSeconds(5));
                await using var db = await Database();
                return !await db.Set<NotificationDelivery>().AnyAsync(d => d.Id == first + 1);
            },
            "the oldest are gone",
            TimeSpan.FromSeconds(60));
        await using var after = await Database();
        var kept = await after.Set<NotificationDelivery>().Where(d => d.Title == "Of long ago").CountAsync();
        Assert.InRange(kept, 9_000, 9_999);
        Assert.True(await after.Set<NotificationDelivery>().AnyAsync(d => d.Id == first));
    }
}
