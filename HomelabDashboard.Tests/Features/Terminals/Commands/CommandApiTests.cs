using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.Terminals.Commands;

/// <summary>The history and the rules by the HTTP API, over a log that was written as sessions write it.</summary>
public sealed class CommandApiTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly List<HttpClient> _clients = [];
    private TestApp _app = null!;
    private HttpClient _admin = null!;
    private int _adminId;

    public async Task InitializeAsync()
    {
        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_time));
        _admin = await ProgramAsync(UserRole.Admin);
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        db.AddRange(new Host { Id = "nas", Name = "nas", IpAddress = "192.0.2.1", SshUser = "root" }, new Host { Id = "web", Name = "web", IpAddress = "192.0.2.2", SshUser = "root" });
        await db.SaveChangesAsync();
        _adminId = (await GetAsync(_admin, "me")).GetProperty("id").GetInt32();
    }

    public async Task DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Commands_are_listed_page_by_page_filtered_and_pinned()
    {
        for (var i = 0; i < 5; i++)
        {
            Write(_adminId, i % 2 == 0 ? "nas" : "web", $"command 100%_{i}");
        }

        Write(_adminId, "nas", "rm -rf /", blocked: "No.");
        await FlushAsync();

        var first = await GetAsync(_admin, "commands?limit=4");
        Assert.Equal(["rm -rf /", "command 100%_4", "command 100%_3", "command 100%_2"], Commands(first));
        var second = await GetAsync(_admin, $"commands?limit=4&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(["command 100%_1", "command 100%_0"], Commands(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        Assert.Equal(["command 100%_3", "command 100%_1"], Commands(await GetAsync(_admin, "commands?host_id=web")));
        Assert.Equal(["command 100%_4"], Commands(await GetAsync(_admin, "commands?q=0%25_4")));
        Assert.Empty(Commands(await GetAsync(_admin, "commands?q=1%25_4")));
        Assert.Equal(["rm -rf /"], Commands(await GetAsync(_admin, "commands?blocked=true")));
        Assert.False(first.GetProperty("items")[0].TryGetProperty("command_hash", out _));

        var pinned = first.GetProperty("items")[1].GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.OK, (await _admin.PostAsync($"/api/v1/commands/{pinned}/pin", null)).StatusCode);
        Assert.Equal(["command 100%_4"], Commands(await GetAsync(_admin, "commands?pinned=true")));

        // Only what is pinned outlives its time.
        _time.Advance(TimeSpan.FromDays(91));
        _admin = await ProgramAsync(UserRole.Admin);
        await _app.Services.GetRequiredService<CommandLog>().PruneNowAsync(CancellationToken.None);
        Assert.Equal(["command 100%_4"], Commands(await GetAsync(_admin, "commands")));
        Assert.Equal(HttpStatusCode.OK, (await _admin.DeleteAsync($"/api/v1/commands/{pinned}/pin")).StatusCode);
        Assert.Empty(Commands(await GetAsync(_admin, "commands?pinned=true")));
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.PostAsync("/api/v1/commands/999999/pin", null)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _admin.GetAsync("/api/v1/commands?cursor=abc")).StatusCode);
    }

    [Fact]
    public async Task Another_s_commands_are_not_there_but_for_the_admin()
    {
        var owner = await ProgramAsync(UserRole.Operator);
        Write((await GetAsync(owner, "me")).GetProperty("id").GetInt32(), "nas", "mine");
        Write(_adminId, "nas", "the admin's");
        await FlushAsync();

        Assert.Equal(["mine"], Commands(await GetAsync(owner, "commands")));
        var all = await GetAsync(_admin, "commands");
        Assert.Equal(["the admin's", "mine"], Commands(all));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.PostAsync($"/api/v1/commands/{all.GetProperty("items")[0].GetProperty("id")}/pin", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync("/api/v1/sessions/none/commands")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await owner.GetAsync("/api/v1/command-rules")).StatusCode);
        var viewer = await ProgramAsync(UserRole.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"/api/v1/commands/{all.GetProperty("items")[1].GetProperty("id")}/pin", null)).StatusCode);
    }

    [Fact]
    public async Task Repeats_are_counted_for_each_host()
    {
        foreach (var (host, command) in new[] { ("nas", "df -h"), ("nas", "df   -h "), ("web", "df -h"), ("nas", "ls") })
        {
            Write(_adminId, host, command);
        }

        await FlushAsync();
        var groups = await _app.AsAsync(UserRole.Admin, s => s.GetRequiredService<CommandHistoryService>().GroupsAsync(new(), 10, null, CancellationToken.None));
        Assert.Equal([("ls", "nas", 1), ("df -h", "web", 1), ("df   -h ", "nas", 2)], groups.Select(g => (g.Newest.Command, g.Newest.HostId, g.Times)));
    }

    [Fact]
    public async Task More_than_can_wait_is_counted_and_left_out()
    {
        var log = _app.Services.GetRequiredService<CommandLog>();
        for (var i = 0; i < CommandLog.Capacity + 5000; i++)
        {
            Write(_adminId, "nas", "x");
        }

        await log.FlushAsync(CancellationToken.None);
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        var kept = await db.Set<TerminalCommandLog>().CountAsync();
        Assert.InRange(kept, CommandLog.Capacity / 2, CommandLog.Capacity + 5000);
        Assert.True(kept == CommandLog.Capacity + 5000 || _app.Log.Lines.Any(l => l.Contains("came faster", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Rules_are_kept_checked_and_the_starting_set_is_off_and_does_not_come_back()
    {
        var starting = (await GetAsync(_admin, "command-rules")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(4, starting.Count);
        Assert.All(starting, r => Assert.False(r.GetProperty("enabled").GetBoolean()));
        Assert.Equal(HttpStatusCode.NoContent, (await _admin.DeleteAsync($"/api/v1/command-rules/{starting[0].GetProperty("id")}")).StatusCode);
        await new StartingRules(_app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>()).StartAsync(CancellationToken.None);
        Assert.Equal(3, (await GetAsync(_admin, "command-rules")).GetProperty("items").GetArrayLength());

        using var made = await _admin.PostAsJsonAsync("/api/v1/command-rules", new { name = "n", pattern = "^halt$", reason = "r", groups = new[] { "web" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var rule = await made.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(rule.GetProperty("enabled").GetBoolean());
        using var changed = await _admin.PatchAsJsonAsync($"/api/v1/command-rules/{rule.GetProperty("id")}", new { enabled = false });
        var after = await changed.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((false, "^halt$"), (after.GetProperty("enabled").GetBoolean(), after.GetProperty("pattern").GetString()));

        foreach (var (body, field) in new (object, string)[]
        {
            (new { name = "n", pattern = @"\d", reason = "r" }, "pattern"),
            (new { name = "", pattern = "a", reason = "r" }, "name"),
            (new { name = "n", pattern = "a", reason = "two\nlines" }, "reason"),
            (new { name = "n", pattern = "a", reason = "r", hosts = new[] { "nowhere" } }, "hosts"),
        })
        {
            using var refused = await _admin.PostAsJsonAsync("/api/v1/command-rules", body);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.True((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _), field);
        }
    }

    private static IEnumerable<string?> Commands(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("command").GetString());

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) => await client.GetFromJsonAsync<JsonElement>($"/api/v1/{path}");

    private void Write(int userId, string host, string command, string? blocked = null)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var session = new SessionInfo
        {
            Id = "session",
            HostId = host,
            HostName = host,
            HostIp = "192.0.2.1",
            UserId = userId,
            Username = "somebody",
            Mode = SessionMode.Embedded,
            CreatedAt = now,
            Lifetime = TimeSpan.FromHours(1),
        };
        _app.Services.GetRequiredService<CommandLog>().Write(new CommandRecord(session, command, CommandSource.Terminal, "/", now) { Blocked = blocked });
    }

    private Task FlushAsync() => _app.Services.GetRequiredService<CommandLog>().FlushAsync(CancellationToken.None);

    private async Task<HttpClient> ProgramAsync(UserRole role)
    {
        var client = await _app.ProgramAsync(role);
        _clients.Add(client);
        return client;
    }
}
