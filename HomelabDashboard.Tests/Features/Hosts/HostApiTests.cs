using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Hosts;

public sealed class HostApiTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start(new Dictionary<string, string>
    {
        ["Homelab:Metrics:IntervalSeconds"] = "0.3",
        ["Homelab:Hosts:StartSpreadSeconds"] = "0",
        ["Homelab:Hosts:LongestBackoffSeconds"] = "0.5",
    });

    private SshServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await SshServer.StartAsync();
        _client = await _app.ProgramAsync(UserRole.Admin);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_is_under_way_already_is_refused_with_the_id_of_its_operation()
    {
        var id = (await AddAsync("nas")).GetProperty("id").GetString()!;
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync())
        {
            // A row that nobody works on stays open.
            db.Add(new Operation { Id = "open", Kind = "collect", Target = $"host:{id}", HostId = id });
            await db.SaveChangesAsync();
        }

        using var answer = await _client.PostAsync($"/api/v1/hosts/{id}/collect", null);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(("OPERATION_OPEN", "open"), (problem.GetProperty("code").GetString(), problem.GetProperty("operation_id").GetString()));
    }

    [Fact]
    public async Task A_host_is_added_approved_read_and_taken_away()
    {
        var key = await GetAsync("/ssh-key");
        Assert.StartsWith("ssh-ed25519 ", key.GetProperty("public_key").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("SHA256:", key.GetProperty("fingerprint").GetString(), StringComparison.Ordinal);
        _server.Authorize(key.GetProperty("public_key").GetString()!);

        var added = await AddAsync("nas");
        var id = added.GetProperty("id").GetString()!;
        Assert.Equal(("unknown", false, false), (added.GetProperty("status").GetString(), added.GetProperty("reachable").GetBoolean(), added.GetProperty("host_key_approved").GetBoolean()));

        var state = await GetAsync($"/hosts/{id}/host-key");
        Assert.Equal(_server.Fingerprint, state.GetProperty("offered").GetProperty("fingerprint").GetString());
        Assert.Equal(JsonValueKind.Null, state.GetProperty("pinned").ValueKind);
        await RefusedAsync(HttpStatusCode.Conflict, "HOST_KEY_MISMATCH", await ApproveAsync(id, "SHA256:another"));
        await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await ApproveAsync(id, ""));
        Assert.Equal(0, _server.Logins);
        Assert.Equal(HttpStatusCode.NoContent, (await ApproveAsync(id, _server.Fingerprint)).StatusCode);
        var pinned = (await GetAsync($"/hosts/{id}/host-key")).GetProperty("pinned");
        Assert.Equal(("ssh-ed25519", _server.Fingerprint, TestApp.AdminName), (pinned.GetProperty("type").GetString(), pinned.GetProperty("fingerprint").GetString(), pinned.GetProperty("approved_by").GetString()));

        await Until.TrueAsync(async () => (await _client.GetAsync($"/api/v1/hosts/{id}/metrics/latest")).IsSuccessStatusCode, "figures are there");
        var latest = await GetAsync($"/hosts/{id}/metrics/latest");
        Assert.Equal(RequiredColumns("host_metrics").Order(), RequiredColumns("host_metrics").Where(c => latest.TryGetProperty(c, out _)).Order());
        Assert.Equal(JsonValueKind.Array, latest.GetProperty("disk_info").ValueKind);
        Assert.Equal(JsonValueKind.Object, latest.GetProperty("raw_data").ValueKind);
        Assert.InRange(latest.GetProperty("memory_usage_percent").GetDouble(), 0.1, 100);

        await Until.TrueAsync(async () => (await SeriesAsync(id)).GetProperty("cpu_usage_percent").GetArrayLength() >= 2, "the series grows");
        var series = await SeriesAsync(id);
        Assert.Equal(["cpu_load_1m", "cpu_load_1m_max", "cpu_load_1m_min", "cpu_usage_percent", "cpu_usage_percent_max", "cpu_usage_percent_min"], series.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));

        var collect = await _client.PostAsync($"/api/v1/hosts/{id}/collect", null);
        Assert.Equal(HttpStatusCode.Accepted, collect.StatusCode);
        await Until.TrueAsync(async () => (await JsonAsync(await _client.GetAsync(collect.Headers.Location))).GetProperty("status").GetString() == "succeeded", "the reading is taken");

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync($"/api/v1/hosts/{id}")).StatusCode);
        await RefusedAsync(HttpStatusCode.NotFound, "NOT_FOUND", await _client.GetAsync($"/api/v1/hosts/{id}"));
        await RefusedAsync(HttpStatusCode.NotFound, "NOT_FOUND", await _client.GetAsync($"/api/v1/hosts/{id}/metrics/latest"));
        Assert.Equal("nas", (await GetAsync($"/hosts/{id}?include_deleted=true")).GetProperty("name").GetString());
        Assert.Equal("full", (await GetAsync($"/hosts/{id}/metrics/latest?include_deleted=true")).GetProperty("metric_type").GetString());
        await RefusedAsync(HttpStatusCode.NotFound, "NOT_FOUND", await _client.GetAsync($"/api/v1/hosts/{id}/metrics"));
        Assert.True((await GetAsync($"/hosts/{id}/metrics?include_deleted=true")).GetProperty("series").GetProperty("cpu_usage_percent").GetArrayLength() >= 2);
        Assert.Equal(1, _server.Logins);
        await AddAsync("nas");
    }

    [Fact]
    public async Task What_could_be_more_than_a_value_is_refused_by_field()
    {
        foreach (var evil in new[] { "-oProxyCommand=id", "a\nb", "%h", "\"a\"", new string('a', 10_000), "a b", "$(id)" })
        {
            var answer = await _client.PostAsJsonAsync("/api/v1/hosts", new { name = evil, ip_address = evil, ssh_user = evil, proxy_jump = evil, ssh_port = 0 });
            var problem = await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", answer);
            Assert.Equal(["ip_address", "name", "proxy_jump", "ssh_port", "ssh_user"], problem.GetProperty("errors").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        }

        await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await _client.PostAsJsonAsync("/api/v1/hosts", new { }));
        await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await _client.PostAsJsonAsync("/api/v1/hosts", new { name = "a", ip_address = "nas", unknown = 1 }));
        Assert.Equal(0, (await GetAsync("/hosts")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Names_are_unique_ways_have_no_loops_and_lists_have_pages()
    {
        var a = (await AddAsync("a")).GetProperty("id").GetString()!;
        var b = (await AddAsync("b", jump: "a")).GetProperty("id").GetString()!;
        await AddAsync("C", jump: b);
        await RefusedAsync(HttpStatusCode.Conflict, "HOST_EXISTS", await _client.PostAsJsonAsync("/api/v1/hosts", new { name = "B", ip_address = "192.0.2.1" }));
        await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await _client.PatchAsJsonAsync($"/api/v1/hosts/{a}", new { proxy_jump = "C" }));
        await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await _client.PatchAsJsonAsync($"/api/v1/hosts/{a}", new { proxy_jump = "a" }));
        await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await _client.PatchAsJsonAsync($"/api/v1/hosts/{a}", new { proxy_jump = "nobody" }));
        await RefusedAsync(HttpStatusCode.Conflict, "HOST_IN_USE", await _client.DeleteAsync($"/api/v1/hosts/{a}"));
        var changed = await JsonAsync(await _client.PatchAsJsonAsync($"/api/v1/hosts/{b}", new { proxy_jump = "", ssh_port = 2222 }));
        Assert.Equal((JsonValueKind.Null, 2222, "b"), (changed.GetProperty("proxy_jump").ValueKind, changed.GetProperty("ssh_port").GetInt32(), changed.GetProperty("name").GetString()));

        var names = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await GetAsync($"/hosts?limit=2{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(h => h.GetProperty("name").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }

        Assert.Equal(["a", "b", "C"], names);
        Assert.Equal(1, (await GetAsync("/hosts?name=c")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await GetAsync("/hosts?status=online")).GetProperty("items").GetArrayLength());
        await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await _client.GetAsync("/api/v1/hosts?status=well"));
    }

    [Fact]
    public async Task Who_may_only_look_changes_nothing()
    {
        var id = (await AddAsync("nas")).GetProperty("id").GetString()!;
        using var viewer = await _app.ProgramAsync(UserRole.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync($"/api/v1/hosts/{id}")).StatusCode);
        await RefusedAsync(HttpStatusCode.Forbidden, "FORBIDDEN", await viewer.PostAsJsonAsync("/api/v1/hosts", new { name = "x", ip_address = "192.0.2.1" }));
        await RefusedAsync(HttpStatusCode.Forbidden, "FORBIDDEN", await viewer.PatchAsJsonAsync($"/api/v1/hosts/{id}", new { name = "x" }));
        await RefusedAsync(HttpStatusCode.Forbidden, "FORBIDDEN", await viewer.DeleteAsync($"/api/v1/hosts/{id}"));
        await RefusedAsync(HttpStatusCode.Forbidden, "FORBIDDEN", await viewer.PostAsync($"/api/v1/hosts/{id}/collect", null));
        await RefusedAsync(HttpStatusCode.Forbidden, "FORBIDDEN", await viewer.PostAsJsonAsync($"/api/v1/hosts/{id}/host-key/approve", new { fingerprint = _server.Fingerprint }));
        using var nobody = _app.Anonymous();
        await RefusedAsync(HttpStatusCode.Unauthorized, "UNAUTHENTICATED", await nobody.GetAsync("/api/v1/hosts"));
    }

    [Fact]
    public async Task A_series_takes_known_columns_and_sensible_bounds_alone()
    {
        var id = (await AddAsync("nas")).GetProperty("id").GetString()!;
        foreach (var query in new[] { "metrics=id", "metrics=cpu_model", "metrics=1;drop table hosts", "points=1", "points=100000", "from=yesterday", "from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z" })
        {
            await RefusedAsync(HttpStatusCode.BadRequest, "VALIDATION_FAILED", await _client.GetAsync($"/api/v1/hosts/{id}/metrics?{query}"));
        }

        Assert.Equal(0, (await SeriesAsync(id)).GetProperty("cpu_usage_percent").GetArrayLength());
        await RefusedAsync(HttpStatusCode.NotFound, "NOT_FOUND", await _client.GetAsync("/api/v1/hosts/nobody/metrics"));
    }

    [Fact]
    public async Task A_host_that_shows_no_key_says_why()
    {
        await _server.StopAsync();
        var id = (await AddAsync("nas")).GetProperty("id").GetString()!;
        var state = await GetAsync($"/hosts/{id}/host-key");
        Assert.Equal(JsonValueKind.Null, state.GetProperty("offered").ValueKind);
        Assert.Contains("connection was refused", state.GetProperty("offer_error").GetString(), StringComparison.Ordinal);
        await RefusedAsync(HttpStatusCode.BadGateway, "HOST_UNREACHABLE", await ApproveAsync(id, _server.Fingerprint));
    }

    private static IEnumerable<string> RequiredColumns(string table) =>
        from line in File.ReadLines(Path.Combine(Repository.Root, "HomelabDashboard.Tests/Data/required-columns.txt"))
        let words = line.Split(" | ")
        where words[0] == table
        select words[1];

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<JsonElement> RefusedAsync(HttpStatusCode status, string code, HttpResponseMessage answer)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, code), (answer.StatusCode, problem.GetProperty("code").GetString()));
        return problem;
    }

    private async Task<JsonElement> GetAsync(string path) => await JsonAsync(await _client.GetAsync("/api/v1" + path));

    private async Task<JsonElement> SeriesAsync(string id) =>
        (await GetAsync($"/hosts/{id}/metrics?metrics=cpu_usage_percent,cpu_load_1m&band=true")).GetProperty("series");

    private Task<HttpResponseMessage> ApproveAsync(string id, string fingerprint) =>
        _client.PostAsJsonAsync($"/api/v1/hosts/{id}/host-key/approve", new { fingerprint });

    private async Task<JsonElement> AddAsync(string name, string? jump = null)
    {
        var answer = await _client.PostAsJsonAsync(
            "/api/v1/hosts", new { name, ip_address = _server.Address, ssh_port = _server.Port, ssh_user = _server.User, proxy_jump = jump ?? "" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await JsonAsync(answer);
    }
}
