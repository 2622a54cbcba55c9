using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HomelabDashboard.Data;
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

/// <summary>Alerts on their way to real receivers on loopback, with a clock that a test moves.</summary>
public sealed class NotificationTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(new(2040, 3, 1, 12, 0, 0, DateTimeKind.Utc));
    private TestApp _app = null!;
    private HttpReceiver _receiver = null!;
    private HttpClient _api = null!;

    private AlertBook Book => _app.Services.GetRequiredService<AlertBook>();

    public async Task InitializeAsync()
    {
        _receiver = await HttpReceiver.StartAsync();
        await StartAsync(null);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _app.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Each_kind_speaks_its_receivers_language()
    {
        var address = _receiver.Address;
        await AddAsync(new { name = "ntfy", kind = "ntfy", settings = new { url = address, topic = "lab", username = "ada" }, secret = "s3cret", allow_private_host = true });
        await AddAsync(new { name = "gotify", kind = "gotify", settings = new { url = address + "/gotify/" }, secret = "app-token", allow_private_host = true });
        await AddAsync(new { name = "discord", kind = "discord", secret = address + "/discord", allow_private_host = true });
        await AddAsync(new { name = "slack", kind = "slack", secret = address + "/slack", allow_private_host = true });
        await AddAsync(new { name = "webhook", kind = "webhook", secret = address + "/hook?token=x", allow_private_host = true });
        await AddAsync(new { name = "apprise", kind = "apprise", settings = new { url = address, topic = "home" }, allow_private_host = true });
        Book.Raise("disk", new AlertSignal(AlertCategory.Host, AlertLevel.Critical, "nas: <disk> is full", "Make room & go on.", "test"));
        await Until.TrueAsync(() => _receiver.Requests.Count == 6, "all six were told");

        var by = _receiver.Requests.ToDictionary(r => r.Path, StringComparer.Ordinal);
        Assert.Equal(("lab", "nas: <disk> is full", "Make room & go on.", 5), (by["/"].Text("topic"), by["/"].Text("title"), by["/"].Text("message"), by["/"].Body.GetProperty("priority").GetInt32()));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("ada:s3cret")), by["/"].Headers["Authorization"]);
        Assert.Equal(("nas: <disk> is full", "app-token"), (by["/gotify/message"].Text("title"), by["/gotify/message"].Headers["X-Gotify-Key"]));
        Assert.Equal("nas: \\<disk\\> is full\nMake room & go on.", by["/discord"].Text("content"));
        Assert.Equal("nas: &lt;disk&gt; is full\nMake room &amp; go on.", by["/slack"].Text("text"));
        Assert.Equal(("host", "critical", "opened"), (
            by["/hook"].Body.GetProperty("alerts")[0].GetProperty("category").GetString(), by["/hook"].Text("level"), by["/hook"].Body.GetProperty("alerts")[0].GetProperty("event").GetString()));
        Assert.Equal(("nas: <disk> is full", "failure"), (by["/notify/home"].Text("title"), by["/notify/home"].Text("type")));
    }

    [Fact]
    public async Task A_mail_is_sent_with_the_password_and_refusals_are_said()
    {
        await using var server = new MailReceiver();
        var id = await AddAsync(new
        {
            name = "mail",
            kind = "email",
            settings = new { server = "127.0.0.1", port = server.Port, security = "none", username = "ada", from = "lab@example.org", to = new[] { "ada@example.org", "grace@example.org" } },
            secret = "hunter2",
            allow_private_host = true,
        });
        Assert.Equal("sent", (await PostAsync($"notification-channels/{id}/test")).GetProperty("state").GetString());
        await _app.LineAsync($"{TestApp.AdminName} sent a test on the notification channel “mail”.");
        Assert.True(server.Mails.TryDequeue(out var mail));
        Assert.Contains("RCPT TO:<grace@example.org>", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: Homelab: a test", mail, StringComparison.Ordinal);

        server.SenderAnswer = "550 no such sender";
        var refused = await PostAsync($"notification-channels/{id}/test");
        Assert.Equal(("failed", "The mail server answered 550 and does not take the sender."), (refused.GetProperty("state").GetString(), refused.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Nothing_is_sent_to_this_machine_unless_that_is_allowed()
    {
        var port = new Uri(_receiver.Address).Port;
        foreach (var host in new[] { "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.1.1", "[fe80::1]", "[::7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:101]", "[64:ff9b:1::7f00:1]" })
        {
            var id = await AddAsync(new { name = host, kind = "webhook", secret = $"http://{host}:{port}/" });
            var test = await PostAsync($"notification-channels/{id}/test");
            var error = test.GetProperty("error").GetString();
            Assert.Contains("leads to this machine or its own link", error, StringComparison.Ordinal);
            Assert.DoesNotContain(host, error, StringComparison.Ordinal);
        }

        Assert.Empty(_receiver.Requests);
    }

    [Fact]
    public async Task That_a_channel_may_lead_to_this_machine_holds_for_its_host_alone()
    {
        var gotify = await AddAsync(new { name = "gotify", kind = "gotify", settings = new { url = _receiver.Address }, secret = "x", allow_private_host = true });
        await AssertAskedAgainAsync(gotify, new { settings = new { url = "http://[::1]/" }, secret = "x" }, new { settings = new { url = "http://[::1]/" }, secret = "x", allow_private_host = true });
        var hook = await AddHookAsync("hook");
        await AssertAskedAgainAsync(hook, new { secret = "http://localhost/" }, new { secret = "http://localhost/", allow_private_host = true });
        using var path = await _api.PatchAsJsonAsync($"/api/v1/notification-channels/{hook}", new { secret = "http://localhost/other" });
        Assert.Equal((HttpStatusCode.OK, true), (path.StatusCode, (await path.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("allow_private_host").GetBoolean()));
        var mail = await AddAsync(new { name = "mail", kind = "email", settings = MailAt("127.0.0.1"), allow_private_host = true });
        await AssertAskedAgainAsync(mail, new { settings = MailAt("localhost") }, new { settings = MailAt("localhost"), allow_private_host = false });

        static object MailAt(string server) => new { server, port = 25, security = "none", from = "a@example.org", to = new[] { "b@example.org" } };

        async Task AssertAskedAgainAsync(int id, object without, object with)
        {
            using var refused = await _api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", without);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.True((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("allow_private_host", out _));
            using var done = await _api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", with);
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        }
    }

    [Fact]
    public async Task What_does_not_go_is_tried_again_later_and_a_redirect_is_not_followed()
    {
        var id = await AddHookAsync("hook");
        _receiver.Answer = _ => 503;
        Book.Raise("a", AlertOf("First"));
        var waiting = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "pending" && d.GetProperty("attempts").GetInt32() == 1);
        Assert.Equal("The receiver answered 503.", waiting.GetProperty("error").GetString());
        Assert.Single(_receiver.Requests);

        _receiver.Answer = response =>
        {
            response.Headers.RetryAfter = "900";
            return 429;
        };
        _clock.Pass(TimeSpan.FromSeconds(30));
        waiting = await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 2 && d.GetProperty("state").GetString() == "pending");
        Assert.Equal(_clock.Now.AddSeconds(900), waiting.GetProperty("next_at").GetDateTime());
        _receiver.Answer = _ => 200;
        _clock.Pass(TimeSpan.FromSeconds(901));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        Assert.Equal(3, _receiver.Requests.Count);

        _receiver.Answer = response =>
        {
            response.Headers.Location = _receiver.Address + "/elsewhere";
            return 302;
        };
        Book.Raise("b", AlertOf("Second"));
        var failed = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "failed");
        Assert.Contains("it wants to be asked at another address", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_receiver.Requests, r => r.Path == "/elsewhere");
    }

    [Fact]
    public async Task A_digest_that_is_refused_for_good_costs_only_what_itself_is_refused()
    {
        var id = await AddHookAsync("hook");
        var taken = new ConcurrentQueue<string>();
        _receiver.Answer = _ =>
        {
            var titles = TitlesOf(_receiver.Requests.Last());
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
                _clock.Pass(TimeSpan.FromSeconds(1));
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
    public async Task Whom_a_mail_server_does_not_take_for_now_has_the_mail_later_and_nobody_has_it_twice()
    {
        var graceIsBusy = true;
        await using var server = new MailReceiver { ReceiverAnswer = AnswerTo };
        var id = await AddAsync(new
        {
            name = "mail",
            kind = "email",
            settings = new { server = "127.0.0.1", port = server.Port, security = "none", from = "lab@example.org", to = new[] { "ada@example.org", "ghost@example.org", "grace@example.org" } },
            allow_private_host = true,
        });
        Book.Raise("a", AlertOf("First"));
        var waiting = await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Assert.Equal("Refused: ghost@example.org (550), grace@example.org (451)", waiting.GetProperty("error").GetString());
        Assert.Single(server.Mails);
        graceIsBusy = false;
        _clock.Pass(TimeSpan.FromSeconds(30));
        var sent = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        Assert.Equal("Refused: ghost@example.org (550)", sent.GetProperty("error").GetString());
        Assert.Equal(2, server.Mails.Count);
        Assert.DoesNotContain("RCPT TO:<ada@example.org>", server.Mails.Last(), StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<grace@example.org>", server.Mails.Last(), StringComparison.Ordinal);

        // What some were told has its end told, also when it was over before the others could be told.
        graceIsBusy = true;
        Book.Raise("b", AlertOf("Second"));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "Second" && d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Book.Close("b");
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != "b"), "it is over");
        graceIsBusy = false;
        _clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "Over: Second" && d.GetProperty("state").GetString() == "sent");
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "Second" && d.GetProperty("state").GetString() == "sent");
        Assert.Equal(4, server.Mails.Count);

        string AnswerTo(string line) => line.Contains("ghost", StringComparison.Ordinal) ? "550 no such user" : line.Contains("grace", StringComparison.Ordinal) && graceIsBusy ? "451 later" : "250 ok";
    }

    [Fact]
    public async Task What_reached_only_some_of_the_services_behind_Apprise_is_unclear_and_not_sent_again()
    {
        var id = await AddAsync(new { name = "apprise", kind = "apprise", settings = new { url = _receiver.Address, topic = "home" }, allow_private_host = true });
        _receiver.Answer = _ => 424;
        Book.Raise("a", AlertOf("First"));
        var unclear = await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() != "sending");
        Assert.Equal("unclear", unclear.GetProperty("state").GetString());
        Assert.Contains("not every service", unclear.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_tells_of_what_it_is_for_in_its_time_and_of_the_end()
    {
        var id = await AddAsync(new
        {
            name = "hook",
            kind = "webhook",
            secret = _receiver.Address,
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
        Assert.Empty(_receiver.Requests);
        _clock.Pass(TimeSpan.FromMinutes(61));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        Assert.Equal("Right", Assert.Single(_receiver.Requests).Text("title"));

        // What is over for a moment only is not over.
        Book.Close("right");
        Book.Raise("right", AlertOf("Right") with { Category = AlertCategory.Docker, Level = AlertLevel.Critical });
        _clock.Pass(TimeSpan.FromMinutes(5));
        Book.Close("right");
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != "right"), "it is over");
        _clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("state").GetString() == "sent");
        Assert.Equal(["Right", "Over: Right"], _receiver.Requests.Select(r => r.Text("title")));
        Assert.Equal(("It lasted 1 h 6 min.", "success"), (_receiver.Requests.Last().Text("text"), _receiver.Requests.Last().Text("level")));
    }

    [Fact]
    public async Task A_restart_in_the_middle_loses_none_and_sends_none_twice()
    {
        var id = await AddHookAsync("hook");
        _receiver.Answer = _ => 503;
        Book.Raise("a", AlertOf("It waits"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Book.Raise("b", AlertOf("It was on its way"));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It was on its way" && d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        await using (var db = await Database())
        {
            // As it is left when the program is ended between the mark and the answer.
            Assert.Equal(1, await db.Set<NotificationDelivery>().Where(d => d.Title == "It was on its way").ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Sending)));
        }

        _api.Dispose();
        _app.KeepFolder();
        var folder = _app.Folder;
        await _app.DisposeAsync();
        await Until.TrueAsync(() => IsFree(Path.Combine(folder, "lock")), "the folder is free");
        _receiver.Requests.Clear();
        _receiver.Answer = _ => 200;
        _clock.Pass(TimeSpan.FromHours(2));
        await StartAsync(folder);

        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It waits" && d.GetProperty("state").GetString() == "sent");
        var unclear = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "unclear");
        Assert.Contains("It may have arrived", unclear.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(["It waits"], _receiver.Requests.Select(r => r.Text("title")));
    }

    [Fact]
    public async Task A_secret_is_kept_encrypted_never_shown_and_does_not_go_to_another_address()
    {
        var id = await AddAsync(new { name = "ntfy", kind = "ntfy", settings = new { url = _receiver.Address, topic = "lab" }, secret = "tk_very_secret", allow_private_host = true });
        var shown = await _api.GetStringAsync($"/api/v1/notification-channels/{id}");
        Assert.Contains("\"has_secret\":true", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("tk_very_secret", shown, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(_app.Folder, "homelab.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain("tk_very_secret", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        using var moved = await _api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", new { settings = new { url = "https://elsewhere.example.org", topic = "lab" } });
        Assert.Equal(HttpStatusCode.BadRequest, moved.StatusCode);
        var mail = await AddAsync(new { name = "mail", kind = "email", settings = new { server = "mail.example.org", port = 587, security = "starttls", username = "ada", from = "a@example.org", to = new[] { "b@example.org" } }, secret = "x" });
        using var bared = await _api.PatchAsJsonAsync($"/api/v1/notification-channels/{mail}", new { settings = new { server = "mail.example.org", port = 587, security = "none", username = "ada", from = "a@example.org", to = new[] { "b@example.org" } } });
        Assert.Equal(HttpStatusCode.BadRequest, bared.StatusCode);
        using var renamed = await _api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", new { name = "Phone", min_level = "info" });
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        Assert.Equal("sent", (await PostAsync($"notification-channels/{id}/test")).GetProperty("state").GetString());
        Assert.Equal("Bearer tk_very_secret", Assert.Single(_receiver.Requests).Headers["Authorization"]);
        Assert.DoesNotContain("tk_very_secret", string.Join('\n', _app.Log.Lines), StringComparison.Ordinal);

        using var wrong = await _api.PostAsJsonAsync("/api/v1/notification-channels", new { name = "", kind = "ntfy", settings = new { url = "ftp://x", topic = "a b" }, categories = new[] { "weather" } });
        Assert.Equal(["name", "url", "topic", "categories"], (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
        using var viewer = await _app.ProgramAsync(UserRole.Operator);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/api/v1/notification-channels")).StatusCode);
    }

    [Fact]
    public async Task What_went_out_and_was_not_answered_is_not_sent_again()
    {
        var id = await AddHookAsync("hook");
        _receiver.Answer = response =>
        {
            response.HttpContext.Abort();
            return 200;
        };
        Book.Raise("a", AlertOf("First"));
        var unclear = await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "unclear");
        Assert.Contains("It is not sent again", unclear.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, unclear.GetProperty("next_at").ValueKind);
        Assert.Single(_receiver.Requests);
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

        _clock.Pass(TimeSpan.FromHours(22));
        var waiting = await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 21 && d.GetProperty("state").GetString() == "pending");
        Assert.InRange(waiting.GetProperty("next_at").GetDateTime() - _clock.Now, NotificationOutbox.LongestRetry * 0.9, NotificationOutbox.LongestRetry * 1.1);
        _clock.Pass(TimeSpan.FromHours(2));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 22 && d.GetProperty("state").GetString() == "failed");
    }

    [Fact]
    public async Task A_clock_that_is_set_back_holds_up_nothing()
    {
        var id = await AddHookAsync("hook");
        _receiver.Answer = _ => 404;
        Book.Raise("a", AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        _receiver.Answer = _ => 200;
        _clock.Set(_clock.Now.AddHours(-5));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
    }

    [Fact]
    public async Task What_becomes_worse_is_told_to_those_who_were_not_told_yet()
    {
        var low = await AddHookAsync("low");
        var high = await AddAsync(new { name = "high", kind = "webhook", secret = _receiver.Address + "/high", allow_private_host = true, min_level = "critical" });
        Book.Raise("disk", AlertOf("It fills"));
        await DeliveryAsync(low, d => d.GetProperty("state").GetString() == "sent");
        Book.Refresh("disk", AlertOf("It is full") with { Level = AlertLevel.Critical });
        await DeliveryAsync(high, d => d.GetProperty("state").GetString() == "sent");
        Assert.Equal([("/high", "It is full"), ("/hook", "It fills")], _receiver.Requests.Select(r => (r.Path, r.Text("title"))).Order());
    }

    [Fact]
    public async Task What_nobody_needs_to_know_any_more_is_not_sent()
    {
        var id = await AddHookAsync("hook");
        _receiver.Answer = _ => 503;
        Book.Raise("over", AlertOf("It is over"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        Book.Raise("seen", AlertOf("It is seen"));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It is seen" && d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        _receiver.Requests.Clear();
        _receiver.Answer = _ => 200;
        var seen = Book.Live.Snapshot().Values.Single(a => a.Key == "seen").Id;
        Assert.True((await _app.AsAsync(UserRole.Admin, s => s.GetRequiredService<AlertService>().AcknowledgeAsync(seen, CancellationToken.None))).Succeeded);
        Book.Close("over");
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != "over"), "it is over");
        _clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It is over" && d.GetProperty("state").GetString() == "skipped");
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "It is seen" && d.GetProperty("state").GetString() == "skipped");
        Assert.Empty(_receiver.Requests);
    }

    [Fact]
    public async Task Quiet_hours_hold_also_for_what_is_tried_again()
    {
        var id = await AddHookAsync("hook");
        _receiver.Answer = _ => 503;
        Book.Raise("a", AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() == "pending");
        _receiver.Requests.Clear();
        using var quiet = await _api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", new { quiet_from = "12:00", quiet_until = "14:00" });
        Assert.Equal(HttpStatusCode.OK, quiet.StatusCode);
        _clock.Pass(TimeSpan.FromMinutes(1));
        await DeliveryAsync(id, d => d.GetProperty("next_at").GetDateTime() == new DateTime(2040, 3, 1, 14, 0, 0, DateTimeKind.Utc));
        Assert.Empty(_receiver.Requests);
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

        await _app.Services.GetRequiredService<RuleBook>().ReloadAsync(CancellationToken.None);
        var key = $"rule:{rule.Id}:nas:tank";
        Book.Raise(key, AlertOf("First"));
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        _clock.Pass(TimeSpan.FromMinutes(25));
        Book.Close(key);
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != key), "it is over");
        _clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("next_at").ValueKind != JsonValueKind.Null
            && d.GetProperty("next_at").GetDateTime() == new DateTime(2040, 3, 1, 14, 0, 0, DateTimeKind.Utc));
        Assert.Single(_receiver.Requests);
        _clock.Pass(TimeSpan.FromMinutes(90));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("state").GetString() == "sent");
    }

    [Fact]
    public async Task A_test_is_answered_also_while_the_database_cannot_be_written_and_noted_when_it_can()
    {
        var id = await AddHookAsync("hook");
        _receiver.Answer = _ =>
        {
            using var db = _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContext();
            db.Database.ExecuteSqlRaw("CREATE TRIGGER full BEFORE UPDATE ON notification_deliveries BEGIN SELECT RAISE(ABORT, 'full'); END");
            return 200;
        };
        var test = await PostAsync($"notification-channels/{id}/test").WaitAsync(ChannelSender.Longest);
        Assert.Equal("sent", test.GetProperty("state").GetString());
        await using var after = await Database();
        await after.Database.ExecuteSqlRawAsync("DROP TRIGGER full");
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
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
    public async Task A_long_text_is_cut_where_ntfy_ends()
    {
        await AddAsync(new { name = "ntfy", kind = "ntfy", settings = new { url = _receiver.Address, topic = "lab" }, allow_private_host = true });
        Book.Raise("long", AlertOf("Long") with { Message = string.Concat(Enumerable.Repeat("grün 🌱 ", 450)) });
        await Until.TrueAsync(() => !_receiver.Requests.IsEmpty, "it was told");
        var told = _receiver.Requests.Single().Text("message");
        Assert.InRange(Encoding.UTF8.GetByteCount(told), 4_080, 4_096);
        Assert.EndsWith("…", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', told);
    }

    [Fact]
    public async Task A_container_is_told_of_again_after_the_time_that_is_set()
    {
        var id = await AddHookAsync("hook");
        await using (var db = await Database())
        {
            db.Add(new Host { Id = "web", Name = "web", IpAddress = "192.0.2.2", DockerEnabled = true });
            db.Add(new DockerAlert { HostId = "web", ContainerName = "shop", Message = "ended unexpectedly with code 1", OpenedAt = _clock.Now });
            await db.SaveChangesAsync();
        }

        await _app.Services.GetRequiredService<HostBoard>().ReloadAsync(CancellationToken.None);
        _app.Services.GetRequiredService<LiveStore<string, HostSummary>>().Update("web", h => h! with { Status = HostStatus.Online, Reachable = true });
        var docker = _app.Services.GetRequiredService<DockerAlerts>();
        await docker.ChangeAsync(1, _ => { }, CancellationToken.None);
        await DeliveryAsync(id, d => d.GetProperty("state").GetString() == "sent");
        await Until.TrueAsync(() => docker.Live.Get(1)?.LastNotifiedAt == _clock.Now, "it is noted that people were told");

        _clock.Pass(TimeSpan.FromHours(24));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "reminder" && d.GetProperty("state").GetString() == "sent");
        await Until.TrueAsync(() => docker.Live.Get(1)?.LastNotifiedAt == _clock.Now, "and that they were told again");

        // It is over, and an hour later it is in trouble once more: that stands in the inbox, and nobody is told.
        await docker.DismissAsync(1, CancellationToken.None);
        await Until.TrueAsync(() => Book.Live.Snapshot().Count == 0, "it is over");
        _clock.Pass(TimeSpan.FromHours(1));
        await DeliveryAsync(id, d => d.GetProperty("event").GetString() == "closed" && d.GetProperty("state").GetString() == "sent");
        await using (var db = await Database())
        {
            db.Add(new DockerAlert { HostId = "web", ContainerName = "shop", Message = "ended unexpectedly with code 1", OpenedAt = _clock.Now, LastNotifiedAt = _clock.Now.AddHours(-1) });
            await db.SaveChangesAsync();
        }

        await docker.ChangeAsync(2, _ => { }, CancellationToken.None);
        await Until.TrueAsync(() => Book.Live.Snapshot().Count == 1, "it is in the inbox");
        Assert.Equal(_clock.Now.AddHours(23), Book.Live.Snapshot().Values.Single().NotifyAfter);
        Assert.Equal(3, _receiver.Requests.Count);
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
                SELECT {id}, 'opened', 'Of long ago', 'sent', 1, {_clock.Now}, {_clock.Now} FROM n
                """);
        }

        for (var i = 0; i < 500; i++)
        {
            Book.Raise($"key {i}", AlertOf($"Number {i}"));
        }

        await Until.TrueAsync(
            async () =>
            {
                _clock.Pass(TimeSpan.FromSeconds(5));
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

    private static AlertSignal AlertOf(string title) => new(AlertCategory.Host, AlertLevel.Warning, title, "A sentence.", "test");

    private static List<string> TitlesOf(ReceivedRequest request) => [.. request.Body.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("title").GetString()!)];

    private static bool IsFree(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task StartAsync(string? folder)
    {
        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_clock), folder: folder);
        _api = await _app.ProgramAsync(UserRole.Admin);
    }

    private Task<int> AddHookAsync(string name) => AddAsync(new { name, kind = "webhook", secret = _receiver.Address + "/hook", allow_private_host = true });

    private async Task<int> AddAsync(object channel)
    {
        using var answer = await _api.PostAsJsonAsync("/api/v1/notification-channels", channel);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
    }

    private async Task<JsonElement> PostAsync(string path)
    {
        using var answer = await _api.PostAsync("/api/v1/" + path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> DeliveryAsync(int channel, Func<JsonElement, bool> isIt)
    {
        List<JsonElement> found = [];
        await Until.TrueAsync(
            async () =>
            {
                found = [.. (await _api.GetFromJsonAsync<JsonElement>($"/api/v1/notification-channels/{channel}/deliveries")).GetProperty("items").EnumerateArray().Where(isIt)];
                return found.Count > 0;
            },
            "such a delivery is there");
        return found[0];
    }

    private async Task<int> SentAsync(int channel)
    {
        await using var db = await Database();
        return await db.Set<NotificationDelivery>().CountAsync(d => d.ChannelId == channel && d.State == DeliveryState.Sent);
    }

    private Task<HomelabDbContext> Database() => _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
}
