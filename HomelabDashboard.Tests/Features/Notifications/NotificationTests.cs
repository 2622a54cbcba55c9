using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>What real receivers on loopback get of alerts by each kind of channel, and what they never get.</summary>
public sealed class NotificationTests : NotificationLab
{
    [Fact]
    public async Task Each_kind_speaks_its_receivers_language()
    {
        var address = Receiver.Address;
        await AddAsync(new { name = "ntfy", kind = "ntfy", settings = new { url = address, topic = "lab", username = "ada" }, secret = "s3cret", allow_private_host = true });
        await AddAsync(new { name = "gotify", kind = "gotify", settings = new { url = address + "/gotify/" }, secret = "app-token", allow_private_host = true });
        await AddAsync(new { name = "discord", kind = "discord", secret = address + "/discord", allow_private_host = true });
        await AddAsync(new { name = "slack", kind = "slack", secret = address + "/slack", allow_private_host = true });
        await AddAsync(new { name = "webhook", kind = "webhook", secret = address + "/hook?token=x", allow_private_host = true });
        await AddAsync(new { name = "apprise", kind = "apprise", settings = new { url = address, topic = "home" }, allow_private_host = true });
        Book.Raise("disk", new AlertSignal(AlertCategory.Host, AlertLevel.Critical, "nas: <disk> is full", "Make room & go on.", "test"));
        await Until.TrueAsync(() => Receiver.Requests.Count == 6, "all six were told");

        var by = Receiver.Requests.ToDictionary(r => r.Path, StringComparer.Ordinal);
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
        await App.LineAsync($"{TestApp.AdminName} sent a test on the notification channel “mail”.");
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
        var port = new Uri(Receiver.Address).Port;
        foreach (var host in new[] { "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.1.1", "[fe80::1]", "[::7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:101]", "[64:ff9b:1::7f00:1]" })
        {
            var id = await AddAsync(new { name = host, kind = "webhook", secret = $"http://{host}:{port}/" });
            var test = await PostAsync($"notification-channels/{id}/test");
            var error = test.GetProperty("error").GetString();
            Assert.Contains("leads to this machine or its own link", error, StringComparison.Ordinal);
            Assert.DoesNotContain(host, error, StringComparison.Ordinal);
        }

        Assert.Empty(Receiver.Requests);
    }

    [Fact]
    public async Task That_a_channel_may_lead_to_this_machine_holds_for_its_host_alone()
    {
        var gotify = await AddAsync(new { name = "gotify", kind = "gotify", settings = new { url = Receiver.Address }, secret = "x", allow_private_host = true });
        await AssertAskedAgainAsync(gotify, new { settings = new { url = "http://[::1]/" }, secret = "x" }, new { settings = new { url = "http://[::1]/" }, secret = "x", allow_private_host = true });
        var hook = await AddHookAsync("hook");
        await AssertAskedAgainAsync(hook, new { secret = "http://localhost/" }, new { secret = "http://localhost/", allow_private_host = true });
        using var path = await Api.PatchAsJsonAsync($"/api/v1/notification-channels/{hook}", new { secret = "http://localhost/other" });
        Assert.Equal((HttpStatusCode.OK, true), (path.StatusCode, (await path.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("allow_private_host").GetBoolean()));
        var mail = await AddAsync(new { name = "mail", kind = "email", settings = MailAt("127.0.0.1"), allow_private_host = true });
        await AssertAskedAgainAsync(mail, new { settings = MailAt("localhost") }, new { settings = MailAt("localhost"), allow_private_host = false });

        static object MailAt(string server) => new { server, port = 25, security = "none", from = "a@example.org", to = new[] { "b@example.org" } };

        async Task AssertAskedAgainAsync(int id, object without, object with)
        {
            using var refused = await Api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", without);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.True((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("allow_private_host", out _));
            using var done = await Api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", with);
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        }
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
        Clock.Pass(TimeSpan.FromSeconds(30));
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
        Clock.Pass(NotificationPlan.ClosingHold + TimeSpan.FromSeconds(1));
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "Over: Second" && d.GetProperty("state").GetString() == "sent");
        await DeliveryAsync(id, d => d.GetProperty("title").GetString() == "Second" && d.GetProperty("state").GetString() == "sent");
        Assert.Equal(4, server.Mails.Count);

        string AnswerTo(string line) => line.Contains("ghost", StringComparison.Ordinal) ? "550 no such user" : line.Contains("grace", StringComparison.Ordinal) && graceIsBusy ? "451 later" : "250 ok";
    }

    [Fact]
    public async Task What_reached_only_some_of_the_services_behind_Apprise_is_unclear_and_not_sent_again()
    {
        var id = await AddAsync(new { name = "apprise", kind = "apprise", settings = new { url = Receiver.Address, topic = "home" }, allow_private_host = true });
        Receiver.Answer = _ => 424;
        Book.Raise("a", AlertOf("First"));
        var unclear = await DeliveryAsync(id, d => d.GetProperty("attempts").GetInt32() == 1 && d.GetProperty("state").GetString() != "sending");
        Assert.Equal("unclear", unclear.GetProperty("state").GetString());
        Assert.Contains("not every service", unclear.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_kept_encrypted_never_shown_and_does_not_go_to_another_address()
    {
        var id = await AddAsync(new { name = "ntfy", kind = "ntfy", settings = new { url = Receiver.Address, topic = "lab" }, secret = "tk_very_secret", allow_private_host = true });
        var shown = await Api.GetStringAsync($"/api/v1/notification-channels/{id}");
        Assert.Contains("\"has_secret\":true", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("tk_very_secret", shown, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(App.Folder, "homelab.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain("tk_very_secret", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        using var moved = await Api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", new { settings = new { url = "https://elsewhere.example.org", topic = "lab" } });
        Assert.Equal(HttpStatusCode.BadRequest, moved.StatusCode);
        var mail = await AddAsync(new { name = "mail", kind = "email", settings = new { server = "mail.example.org", port = 587, security = "starttls", username = "ada", from = "a@example.org", to = new[] { "b@example.org" } }, secret = "x" });
        using var bared = await Api.PatchAsJsonAsync($"/api/v1/notification-channels/{mail}", new { settings = new { server = "mail.example.org", port = 587, security = "none", username = "ada", from = "a@example.org", to = new[] { "b@example.org" } } });
        Assert.Equal(HttpStatusCode.BadRequest, bared.StatusCode);
        using var renamed = await Api.PatchAsJsonAsync($"/api/v1/notification-channels/{id}", new { name = "Phone", min_level = "info" });
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        Assert.Equal("sent", (await PostAsync($"notification-channels/{id}/test")).GetProperty("state").GetString());
        Assert.Equal("Bearer tk_very_secret", Assert.Single(Receiver.Requests).Headers["Authorization"]);
        Assert.DoesNotContain("tk_very_secret", string.Join('\n', App.Log.Lines), StringComparison.Ordinal);

        using var wrong = await Api.PostAsJsonAsync("/api/v1/notification-channels", new { name = "", kind = "ntfy", settings = new { url = "ftp://x", topic = "a b" }, categories = new[] { "weather" } });
        Assert.Equal(["name", "url", "topic", "categories"], (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name));
        using var viewer = await App.ProgramAsync(UserRole.Operator);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/api/v1/notification-channels")).StatusCode);
    }

    [Fact]
    public async Task A_test_is_answered_also_while_the_database_cannot_be_written_and_noted_when_it_can()
    {
        var id = await AddHookAsync("hook");
        Receiver.Answer = _ =>
        {
            using var db = App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContext();
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
    public async Task A_long_text_is_cut_where_ntfy_ends()
    {
        await AddAsync(new { name = "ntfy", kind = "ntfy", settings = new { url = Receiver.Address, topic = "lab" }, allow_private_host = true });
        Book.Raise("long", AlertOf("Long") with { Message = string.Concat(Enumerable.Repeat("grün 🌱 ", 450)) });
        await Until.TrueAsync(() => !Receiver.Requests.IsEmpty, "it was told");
        var told = Receiver.Requests.Single().Text("message");
        Assert.InRange(Encoding.UTF8.GetByteCount(told), 4_080, 4_096);
        Assert.EndsWith("…", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', told);
    }
}
