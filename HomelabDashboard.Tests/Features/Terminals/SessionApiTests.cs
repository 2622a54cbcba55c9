using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Terminals;

/// <summary>The sessions of the HTTP API, on a host that is reached by a real sshd.</summary>
public sealed class SessionApiTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TerminalsHarness _harness = new();
    private SshServer _server = null!;
    private HttpClient _admin = null!;
    private string _host = null!;

    public async Task InitializeAsync()
    {
        _server = await SshServer.StartAsync();
        _admin = await _harness.App.ProgramAsync(UserRole.Admin);
        _server.Authorize((await GetAsync(_admin, "ssh-key")).GetProperty("public_key").GetString()!);
        _host = (await PostAsync(_admin, "hosts", new { name = "nas", ip_address = _server.Address, ssh_port = _server.Port, ssh_user = _server.User })).GetProperty("id").GetString()!;
        await _admin.PostAsJsonAsync($"/api/v1/hosts/{_host}/host-key/approve", new { fingerprint = _server.Fingerprint });
        await Until.TrueAsync(() => _harness.Get<LiveStore<string, HostSummary>>().Get(_host)?.Status == HostStatus.Online, "the host is connected");
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _harness.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_program_opens_a_terminal_works_in_it_and_closes_it()
    {
        var opened = await PostAsync(_admin, "sessions", new { host_id = _host, expires_in = "90m" });
        Assert.Equal("ws://localhost/hubs/terminal", opened.GetProperty("websocket_url").GetString());
        Assert.Equal(("active", "embedded", false), (opened.GetProperty("status").GetString(), opened.GetProperty("mode").GetString(), opened.GetProperty("reused").GetBoolean()));
        var id = opened.GetProperty("id").GetString()!;

        await using (var window = await TestWindow.AttachAsync(await _harness.ConnectAsync(_admin.DefaultRequestHeaders.Authorization!), opened.GetProperty("connect_ticket").GetString()!, 100, 30))
        {
            await window.TypeAsync("echo $((6*7))-$(stty size | tr ' ' x)\r");
            await window.SeesAsync("42-30x100");
            var stats = await GetAsync(_admin, $"sessions/{id}/stats");
            Assert.Equal(1, stats.GetProperty("attached_clients").GetInt32());
            Assert.True(stats.GetProperty("bytes_in").GetInt64() > 0 && stats.GetProperty("bytes_out").GetInt64() > 0);
        }

        var again = await PostAsync(_admin, "sessions", new { host_id = _host, reuse = true });
        Assert.Equal((id, true), (again.GetProperty("id").GetString(), again.GetProperty("reused").GetBoolean()));

        Assert.Equal(HttpStatusCode.NoContent, (await _admin.DeleteAsync($"/api/v1/sessions/{id}")).StatusCode);
        var ended = await GetAsync(_admin, $"sessions/{id}");
        Assert.Equal(("closed", "user_close"), (ended.GetProperty("status").GetString(), ended.GetProperty("reason_closed").GetString()));
        Assert.False(ended.TryGetProperty("token_hash", out _));
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.PostAsync($"/api/v1/sessions/{id}/ticket", null)).StatusCode);
        Assert.Equal(1, _server.Logins);
    }

    [Fact]
    public async Task A_session_is_extended_by_its_own_user_alone_and_up_to_thirty_days()
    {
        var opened = await PostAsync(_admin, "sessions", new { host_id = _host, expires_in = "1h" });
        var id = opened.GetProperty("id").GetString()!;
        using var later = await _admin.PostAsJsonAsync($"/api/v1/sessions/{id}/extend", new { expires_in = "2d" });
        var session = await later.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(opened.GetProperty("expires_at").GetDateTime().AddHours(47), session.GetProperty("expires_at").GetDateTime(), TimeSpan.FromMinutes(1));
        using var usual = await _admin.PostAsync($"/api/v1/sessions/{id}/extend", null);
        Assert.Equal(HttpStatusCode.OK, usual.StatusCode);
        Assert.Equal(session.GetProperty("expires_at").GetDateTime(), (await GetAsync(_admin, $"sessions/{id}")).GetProperty("expires_at").GetDateTime());
        using var tooLong = await _admin.PostAsJsonAsync($"/api/v1/sessions/{id}/extend", new { expires_in = "31d" });
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);

        using var other = await _harness.App.ProgramAsync(UserRole.Operator);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/api/v1/sessions/{id}/extend", null)).StatusCode);
        await _admin.DeleteAsync($"/api/v1/sessions/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.PostAsync($"/api/v1/sessions/{id}/extend", null)).StatusCode);
    }

    [Fact]
    public async Task Past_the_quota_a_program_is_told_when_to_try_again_and_a_page_can_make_room_or_give_one_up()
    {
        await using var harness = new TerminalsHarness(new Dictionary<string, string> { ["Homelab:Terminals:MaxSessionsPerUser"] = "2" });
        using var admin = await harness.App.ProgramAsync(UserRole.Admin);
        _server.Authorize((await GetAsync(admin, "ssh-key")).GetProperty("public_key").GetString()!);
        var host = (await PostAsync(admin, "hosts", new { name = "nas", ip_address = _server.Address, ssh_port = _server.Port, ssh_user = _server.User })).GetProperty("id").GetString()!;
        await admin.PostAsJsonAsync($"/api/v1/hosts/{host}/host-key/approve", new { fingerprint = _server.Fingerprint });
        await Until.TrueAsync(() => harness.Get<LiveStore<string, HostSummary>>().Get(host)?.Status == HostStatus.Online, "the host is connected");

        var first = (await PostAsync(admin, "sessions", new { host_id = host })).GetProperty("id").GetString()!;
        var second = (await PostAsync(admin, "sessions", new { host_id = host })).GetProperty("id").GetString()!;
        using var refused = await admin.PostAsJsonAsync("/api/v1/sessions", new { host_id = host });
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("QUOTA_EXCEEDED", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

        var third = await harness.App.AsAsync(UserRole.Admin, async services =>
        {
            var terminals = services.GetRequiredService<TerminalService>();
            Assert.Equal(first, (await terminals.LongestIdleAsync())!.Id);
            Assert.False((await terminals.OpenInPlaceOfAsync(first, new OpenSession("no-such-host"), CancellationToken.None)).Succeeded);
            Assert.NotNull(harness.Broker.Find(first));
            var opened = await terminals.OpenInPlaceOfAsync(first, new OpenSession(host), CancellationToken.None);
            return opened.Value!.Id;
        });
        Assert.Equal("quota", (await GetAsync(admin, $"sessions/{first}")).GetProperty("reason_closed").GetString());

        await harness.App.AsAsync(UserRole.Operator, async services =>
        {
            Assert.Equal("NOT_FOUND", (await services.GetRequiredService<TerminalService>().GiveUpForAsync(third, second)).Problem!.Code);
            return true;
        });
        await harness.App.AsAsync(UserRole.Admin, async services =>
        {
            var terminals = services.GetRequiredService<TerminalService>();
            Assert.Equal("NOT_FOUND", (await terminals.GiveUpForAsync(third, first)).Problem!.Code);
            Assert.NotNull(harness.Broker.Find(third));
            Assert.True((await terminals.GiveUpForAsync(third, second)).Succeeded);
            return true;
        });
        var given = await GetAsync(admin, $"sessions/{third}");
        Assert.Equal(("closed", "reused"), (given.GetProperty("status").GetString(), given.GetProperty("reason_closed").GetString()));
        Assert.NotNull(harness.Broker.Find(second));
    }

    [Fact]
    public async Task Another_s_session_is_not_there_but_for_the_admin_who_may_end_it_and_not_read_it()
    {
        using var owner = await _harness.App.ProgramAsync(UserRole.Operator);
        var id = (await PostAsync(owner, "sessions", new { host_id = _host })).GetProperty("id").GetString()!;
        var foreign = (await PostAsync(_admin, "sessions", new { host_id = _host })).GetProperty("id").GetString()!;

        foreach (var path in new[] { "", "/stats" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync($"/api/v1/sessions/{foreign}{path}")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await owner.DeleteAsync($"/api/v1/sessions/{foreign}")).StatusCode);
        Assert.Equal(id, Assert.Single(await ItemsAsync(owner, "sessions")).GetProperty("id").GetString());

        Assert.Equal(2, (await ItemsAsync(_admin, $"sessions?status=active&host_id={_host}")).Count);
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.PostAsync($"/api/v1/sessions/{id}/ticket", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _admin.DeleteAsync($"/api/v1/sessions/{id}")).StatusCode);
    }

    [Fact]
    public async Task Wrong_requests_are_refused_in_words()
    {
        foreach (var (body, status) in new (object, HttpStatusCode)[]
        {
            (new { host_id = _host, expires_in = "31d" }, HttpStatusCode.BadRequest),
            (new { host_id = _host, mode = "sideways" }, HttpStatusCode.BadRequest),
            (new { host_id = _host, shell = "sh" }, HttpStatusCode.BadRequest),
            (new { host_id = "-oProxyCommand=x" }, HttpStatusCode.NotFound),
        })
        {
            using var answer = await _admin.PostAsJsonAsync("/api/v1/sessions", body);
            Assert.Equal(status, answer.StatusCode);
        }

        using var viewer = await _harness.App.ProgramAsync(UserRole.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync("/api/v1/sessions", new { host_id = _host })).StatusCode);

        await _server.StopAsync();
        await Until.TrueAsync(async () => (await _admin.PostAsJsonAsync("/api/v1/sessions", new { host_id = _host })).StatusCode == HttpStatusCode.BadGateway, "the host is not connected");
    }

    [Fact]
    public async Task When_the_connection_breaks_or_the_host_is_deleted_its_terminals_end()
    {
        var lost = (await PostAsync(_admin, "sessions", new { host_id = _host })).GetProperty("id").GetString()!;
        await _server.StopAsync();
        await Until.TrueAsync(async () => (await GetAsync(_admin, $"sessions/{lost}")).GetProperty("status").GetString() == "error", "the terminal has ended with its connection");

        await _server.RestartAsync();
        string? id = null;
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await _admin.PostAsJsonAsync("/api/v1/sessions", new { host_id = _host });
                id = answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString() : null;
                return id is not null;
            },
            "the host is connected again",
            TimeSpan.FromSeconds(60));
        var terminal = _harness.Broker.Find(id!)!;
        Assert.True((await _admin.DeleteAsync($"/api/v1/hosts/{_host}")).IsSuccessStatusCode);
        JsonElement ended = default;
        await Until.TrueAsync(async () => (ended = await GetAsync(_admin, $"sessions/{id}")).GetProperty("status").GetString() == "error", "the terminal has ended with its host");
        Assert.False(terminal.Ttyd.IsRunning);
        Assert.Equal(("nas", "The host was deleted."), (ended.GetProperty("host_name").GetString(), ended.GetProperty("closed_detail").GetString()));
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) => await client.GetFromJsonAsync<JsonElement>($"/api/v1/{path}");

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient client, string path) => [.. (await GetAsync(client, path)).GetProperty("items").EnumerateArray()];

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync($"/api/v1/{path}", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
