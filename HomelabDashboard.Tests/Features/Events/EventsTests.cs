using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Events;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Events;

public sealed class EventsTests
{
    [Fact]
    public async Task A_change_is_told_to_those_who_may_read_it_and_to_nobody_else()
    {
        await using var app = TestApp.Start();
        using var admin = await app.ProgramAsync(UserRole.Admin);
        using var viewer = await app.ProgramAsync(UserRole.Viewer, Scopes.SchedulesRead);
        await using var all = await OpenAsync(admin);
        await using var few = await OpenAsync(viewer);
        using var added = await admin.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = "192.0.2.1" });
        var host = await all.UntilAsync("host.changed");
        Assert.Equal("nas", host.Data.GetProperty("name").GetString());

        using var schedule = await admin.PostAsJsonAsync("/api/v1/schedules", new { name = "Facts", playbook = "collect-facts.yml", target_type = "all", target = "all", schedule_type = "cron", cron_expression = "0 4 * * *" });
        Assert.Equal(HttpStatusCode.Created, schedule.StatusCode);
        Assert.Equal("Facts", (await few.NextAsync()).Data.GetProperty("name").GetString());

        using var gone = await admin.DeleteAsync($"/api/v1/hosts/{host.Data.GetProperty("id").GetString()}");
        await all.UntilAsync("host.changed", e => e.Data.TryGetProperty("deleted", out _));
    }

    [Fact]
    public async Task A_stream_is_resumed_without_a_loss_and_told_when_that_cannot_be()
    {
        await using var app = TestApp.Start();
        var feed = app.Services.GetRequiredService<EventFeed>();
        using var admin = await app.ProgramAsync(UserRole.Admin);
        string place;
        await using (var stream = await OpenAsync(admin))
        {
            feed.Add("host.changed", Scopes.HostsRead, new { name = "one" });
            place = (await stream.UntilAsync("host.changed", e => e.Data.GetProperty("name").GetString() == "one")).Id;
        }

        for (var i = 0; i < 1_000; i++)
        {
            feed.Add("host.changed", Scopes.HostsRead, new { name = $"later {i}" });
        }

        await using (var again = await OpenAsync(admin, place))
        {
            long last = long.Parse(place);
            for (var i = 0; i < 1_000; i++)
            {
                var next = await again.UntilAsync("host.changed", e => e.Data.TryGetProperty("name", out var name) && name.GetString() == $"later {i}");
                Assert.True(long.Parse(next.Id) > last);
                last = long.Parse(next.Id);
            }
        }

        for (var i = 0; i < EventFeed.Kept; i++)
        {
            feed.Add("host.changed", Scopes.HostsRead, new { name = "flood" });
        }

        foreach (var lost in new[] { place, "0", "nonsense", "99999999999999999" })
        {
            await using var late = await OpenAsync(admin, lost);
            Assert.Equal("reset", (await late.NextAsync()).Name);
        }
    }

    [Fact]
    public async Task Alerts_of_the_inbox_are_told_and_those_of_another_to_nobody_else()
    {
        await using var app = TestApp.Start();
        using var admin = await app.ProgramAsync(UserRole.Admin);
        using var viewer = await app.ProgramAsync(UserRole.Viewer);
        await using var all = await OpenAsync(admin);
        await using var other = await OpenAsync(viewer);
        var book = app.Services.GetRequiredService<AlertBook>();
        var me = (await admin.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetInt32();
        book.Tell(new AlertSignal(AlertCategory.Security, AlertLevel.Warning, "For one alone", "A sentence.", "test") { UserId = me });
        Assert.Equal("For one alone", (await all.UntilAsync("alert.created")).Data.GetProperty("title").GetString());
        book.Raise("disk", new AlertSignal(AlertCategory.Host, AlertLevel.Warning, "Full", "A sentence.", "test"));
        var created = await other.UntilAsync("alert.created");
        Assert.Equal(("Full", "open"), (created.Data.GetProperty("title").GetString(), created.Data.GetProperty("state").GetString()));
        var id = created.Data.GetProperty("id").GetInt64();
        using var read = await admin.PostAsync($"/api/v1/alerts/{id}/read", null);
        await other.UntilAsync("alert.changed", e => e.Data.GetProperty("read_at").ValueKind == JsonValueKind.String);
        book.Close("disk");
        await other.UntilAsync("alert.changed", e => e.Data.GetProperty("id").GetInt64() == id && e.Data.GetProperty("state").GetString() == "closed");

        book.Tell(new AlertSignal(AlertCategory.Automation, AlertLevel.Success, "It went well", "A sentence.", "test"));
        var over = (await other.UntilAsync("alert.created")).Data.GetProperty("id").GetInt64();
        using var readAll = await admin.PostAsync("/api/v1/alerts/read-all", null);
        await other.UntilAsync("alert.changed", e => e.Data.GetProperty("id").GetInt64() == over && e.Data.GetProperty("read_at").ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task What_a_stream_is_not_told_does_not_keep_it_silent()
    {
        await using var app = TestApp.Start();
        using var viewer = await app.ProgramAsync(UserRole.Viewer, Scopes.SchedulesRead);
        await using var stream = await OpenAsync(viewer);
        var feed = app.Services.GetRequiredService<EventFeed>();
        var next = stream.NextAsync();
        await Until.TrueAsync(
            () =>
            {
                feed.Add("host.changed", Scopes.HostsRead, new { name = "not for this one" });
                return stream.Place is not null;
            },
            "there is a sign of life", EventService.Quiet + TimeSpan.FromSeconds(10));
        var place = long.Parse(stream.Place!);
        Assert.InRange(place, feed.Last - 2_000, feed.Last);
        feed.Add("schedule.changed", Scopes.SchedulesRead, new { name = "for this one" });
        Assert.True(long.Parse((await next).Id) > place);
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_revoked()
    {
        await using var app = TestApp.Start();
        using var viewer = await app.ProgramAsync(UserRole.Viewer);
        await using var stream = await OpenAsync(viewer);
        var token = (await viewer.GetFromJsonAsync<JsonElement>("/api/v1/tokens")).GetProperty("items")[0].GetProperty("id").GetString();
        using var revoked = await viewer.DeleteAsync($"/api/v1/tokens/{token}");
        await stream.EndAsync();
    }

    [Fact]
    public async Task Streams_are_bounded_and_given_back()
    {
        await using var app = TestApp.Start();
        using var viewer = await app.ProgramAsync(UserRole.Viewer);
        var streams = new List<EventReader>();
        for (var i = 0; i < EventStreams.MostEach; i++)
        {
            streams.Add(await OpenAsync(viewer));
        }

        using (var refused = await viewer.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }

        await Until.TrueAsync(
            async () =>
            {
                using var answer = await viewer.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "a place is free again");
    }

    [Fact]
    public async Task Nothing_to_read_is_refused()
    {
        await using var app = TestApp.Start();
        using var other = await app.ProgramAsync(UserRole.Operator, Scopes.DockerExecute);
        using var answer = await other.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Open_streams_do_not_hold_up_the_end()
    {
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = TestApp.Password });
        using var http = new HttpClient { BaseAddress = dashboard.Address };
        using var made = await http.PostAsJsonAsync("/api/v1/auth/token", new { username = "ada", password = TestApp.Password });
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString());
        await using var stream = await OpenAsync(http);
        using var added = await http.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = "192.0.2.1" });
        await stream.UntilAsync("host.changed");
        await dashboard.StopAsync();
        await stream.EndAsync();
    }

    private static async Task<EventReader> OpenAsync(HttpClient client, string? after = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reader = new EventReader(answer, await answer.Content.ReadAsStreamAsync());
        Assert.Equal("ready", (await reader.NextAsync()).Name);
        return reader;
    }

    private sealed record Told(string Id, string Name, JsonElement Data);

    private sealed class EventReader(HttpResponseMessage answer, Stream body) : IAsyncDisposable
    {
        private readonly StreamReader _lines = new(body);
        private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));

        /// <summary>Of the last sign of life.</summary>
        public string? Place { get; private set; }

        public async Task<Told> NextAsync() => await ReadAsync() ?? throw new EndOfStreamException();

        public async Task<Told> UntilAsync(string name, Func<Told, bool>? which = null)
        {
            while (true)
            {
                var next = await NextAsync();
                if (next.Name == name && which?.Invoke(next) is not false)
                {
                    return next;
                }
            }
        }

        public async Task EndAsync()
        {
            while (await ReadAsync() is not null)
            {
            }
        }

        public async ValueTask DisposeAsync()
        {
            await body.DisposeAsync();
            answer.Dispose();
            _lines.Dispose();
            _deadline.Dispose();
        }

        private async Task<Told?> ReadAsync()
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            while (await _lines.ReadLineAsync(_deadline.Token) is { } line)
            {
                if (line.Length > 0 && line[0] != ':')
                {
                    var colon = line.IndexOf(": ", StringComparison.Ordinal);
                    fields[line[..colon]] = line[(colon + 2)..];
                }
                else if (line.Length == 0 && fields.Count > 0 && !fields.ContainsKey("event"))
                {
                    // A sign of life, with the place.
                    Place = fields["id"];
                    fields.Clear();
                }
                else if (line.Length == 0 && fields.Count > 0)
                {
                    return new(fields["id"], fields["event"], JsonSerializer.Deserialize<JsonElement>(fields["data"]));
                }
            }

            return null;
        }
    }
}
