using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.Hosts;

/// <summary>Enabled or not, maintenance, tags, notes and thresholds, on one host and on many, with a real sshd.</summary>
public sealed class HostStateTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start(new Dictionary<string, string> { ["Homelab:Hosts:StartSpreadSeconds"] = "0", ["Homelab:Hosts:LongestBackoffSeconds"] = "0.5" });
    private SshServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await SshServer.StartAsync("127.0.0.1", "127.0.0.2");
        _client = await _app.ProgramAsync(UserRole.Admin);
        _server.Authorize((await _client.GetFromJsonAsync<JsonElement>("/api/v1/ssh-key")).GetProperty("public_key").GetString()!);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_disabled_host_is_left_alone_until_it_is_enabled_again()
    {
        var id = await ConnectAsync("nas");
        Assert.Equal("disabled", (await PatchAsync(id, new { enabled = false })).GetProperty("status").GetString());
        Assert.Null(_app.Services.GetRequiredService<HostConnections>().Live.Get(id));
        using var terminal = await _client.PostAsJsonAsync("/api/v1/sessions", new { host_id = id });
        Assert.Equal(HttpStatusCode.BadGateway, terminal.StatusCode);
        Assert.Contains("disabled", await terminal.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Not even an approval connects to it.
        await _client.PostAsJsonAsync($"/api/v1/hosts/{id}/host-key/approve", new { fingerprint = _server.Fingerprint });
        Assert.Equal("disabled", await StatusAsync(id));
        Assert.Equal(1, _server.Logins);

        await PatchAsync(id, new { enabled = true });
        await Until.TrueAsync(async () => await StatusAsync(id) == "online", "it is connected again");
    }

    [Fact]
    public async Task A_host_without_an_approved_key_can_be_disabled_too()
    {
        var id = await AddAsync("nas");
        Assert.Equal("disabled", (await PatchAsync(id, new { enabled = false })).GetProperty("status").GetString());
        Assert.Equal("unknown", (await PatchAsync(id, new { enabled = true })).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Tags_notes_thresholds_and_maintenance_are_kept_and_taken_away()
    {
        var id = await AddAsync("nas");
        var until = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1);
        var host = await PatchAsync(id, new { tags = new[] { "Rack-1", "backup", "backup" }, notes = "In the cellar\r\nmind the dog", warn_percent = 60, critical_percent = 80, maintenance_until = until, maintenance_reason = "new disks" });
        Assert.Equal(["backup", "rack-1"], host.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(("In the cellar\nmind the dog", 60, 80, true, "new disks"), (
            host.GetProperty("notes").GetString(), host.GetProperty("warn_percent").GetInt32(), host.GetProperty("critical_percent").GetInt32(),
            host.GetProperty("maintenance").GetBoolean(), host.GetProperty("maintenance_reason").GetString()));
        Assert.Equal(until, host.GetProperty("maintenance_until").GetDateTime(), TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await _client.GetFromJsonAsync<JsonElement>("/api/v1/hosts?tag=rack-1")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await _client.GetFromJsonAsync<JsonElement>("/api/v1/hosts?tag=rack-2")).GetProperty("items").GetArrayLength());

        host = await PatchAsync(id, new { tags = Array.Empty<string>(), notes = "", warn_percent = 0, critical_percent = 0, maintenance = false });
        Assert.Equal(0, host.GetProperty("tags").GetArrayLength());
        Assert.All(new[] { "notes", "warn_percent", "critical_percent", "maintenance_until", "maintenance_reason" }, field => Assert.Equal(JsonValueKind.Null, host.GetProperty(field).ValueKind));
        Assert.False(host.GetProperty("maintenance").GetBoolean());
    }

    [Theory]
    [InlineData("""{"tags": ["a b"]}""", "tags")]
    [InlineData("""{"tags": ["<b>"]}""", "tags")]
    [InlineData("""{"tags": [null]}""", "tags")]
    [InlineData("""{"notes": "a\u0007"}""", "notes")]
    [InlineData("""{"warn_percent": 95}""", "warn_percent")]
    [InlineData("""{"critical_percent": 101}""", "critical_percent")]
    [InlineData("""{"critical_percent": 50}""", "warn_percent")]
    [InlineData("""{"maintenance_until": "2020-01-01T00:00:00Z"}""", "maintenance_until")]
    [InlineData("""{"maintenance": true, "maintenance_reason": "a\nb"}""", "maintenance_reason")]
    public async Task What_makes_no_sense_is_refused_at_its_field(string body, string field)
    {
        var id = await AddAsync("nas");
        using var answer = await _client.PatchAsync($"/api/v1/hosts/{id}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{field}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maintenance_ends_by_itself()
    {
        var id = await AddAsync("nas");
        var board = _app.Services.GetRequiredService<HostBoard>();
        await PatchAsync(id, new { maintenance_until = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1) });
        Assert.False(await board.EndMaintenanceAsync(CancellationToken.None));
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync())
        {
            var past = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1);
            await db.Set<Host>().ExecuteUpdateAsync(set => set.SetProperty(h => h.MaintenanceUntil, past));
        }

        await _app.Services.GetRequiredService<HostMonitor>().ChangedAsync(CancellationToken.None);
        var host = board.Live.Get(id)!;
        Assert.Equal((true, false), (host.Maintenance, host.InMaintenance(TimeProvider.System.GetUtcNow().UtcDateTime)));
        Assert.True(await board.EndMaintenanceAsync(CancellationToken.None));
        await _app.Services.GetRequiredService<HostMonitor>().ChangedAsync(CancellationToken.None);
        Assert.False(board.Live.Get(id)!.Maintenance);
        Assert.False(await board.EndMaintenanceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Many_hosts_are_changed_and_deleted_together_or_not_at_all()
    {
        string[] ids = [await AddAsync("a"), await AddAsync("b", "127.0.0.2"), await AddAsync("c", "127.0.0.3")];
        await PatchAsync(ids[0], new { tags = new[] { "old" } });
        await PatchAsync(ids[2], new { proxy_jump = "b" });
        var changed = await BulkAsync(b => b.EditAsync(ids, new() { AnsibleGroup = "web", AddTags = ["New"], RemoveTags = ["old"], Enabled = false, Maintenance = true }, CancellationToken.None));
        Assert.Equal(3, changed.Value);
        Assert.Equal(ids[1], (await _app.LineAsync("operator changed b, one of 3 hosts at once.")).HostId);
        foreach (var id in ids)
        {
            var host = await _client.GetFromJsonAsync<JsonElement>($"/api/v1/hosts/{id}");
            Assert.Equal(("web", "disabled", true, """["new"]"""), (
                host.GetProperty("ansible_group").GetString(), host.GetProperty("status").GetString(), host.GetProperty("maintenance").GetBoolean(), host.GetProperty("tags").GetRawText()));
        }

        Assert.Equal("VALIDATION_FAILED", (await BulkAsync(b => b.EditAsync(ids, new() { AddTags = ["a b"] }, CancellationToken.None))).Problem!.Code);
        Assert.Equal("HOST_IN_USE", (await BulkAsync(b => b.DeleteAsync(ids[..2], CancellationToken.None))).Problem!.Code);
        Assert.Equal(3, _app.Services.GetRequiredService<HostBoard>().Live.Snapshot().Count);
        Assert.Equal(2, (await BulkAsync(b => b.DeleteAsync(ids[1..], CancellationToken.None))).Value);
        Assert.Equal(ids[0], Assert.Single(_app.Services.GetRequiredService<HostBoard>().Live.Snapshot()).Key);
        await Assert.ThrowsAsync<AccessDeniedException>(() => _app.AsAsync(UserRole.Viewer, s => s.GetRequiredService<HostBulkService>().DeleteAsync(ids, CancellationToken.None)));
    }

    [Fact]
    public async Task Nobody_is_told_of_a_host_that_has_not_changed()
    {
        var id = await AddAsync("nas");
        await PatchAsync(id, new { tags = new[] { "a" } });
        var board = _app.Services.GetRequiredService<HostBoard>();
        var before = board.Live.Get(id);
        await _app.Services.GetRequiredService<HostMonitor>().ChangedAsync(CancellationToken.None);
        Assert.Same(before, board.Live.Get(id));
    }

    private Task<HomelabDashboard.Features.Result<int>> BulkAsync(Func<HostBulkService, Task<HomelabDashboard.Features.Result<int>>> act) =>
        _app.AsAsync(UserRole.Operator, services => act(services.GetRequiredService<HostBulkService>()));

    private async Task<string?> StatusAsync(string id) => (await _client.GetFromJsonAsync<JsonElement>($"/api/v1/hosts/{id}")).GetProperty("status").GetString();

    private async Task<JsonElement> PatchAsync(string id, object body)
    {
        using var answer = await _client.PatchAsJsonAsync($"/api/v1/hosts/{id}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string> AddAsync(string name, string? address = null)
    {
        using var answer = await _client.PostAsJsonAsync("/api/v1/hosts", new { name, ip_address = address ?? _server.Address, ssh_port = _server.Port, ssh_user = _server.User });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private async Task<string> ConnectAsync(string name)
    {
        var id = await AddAsync(name);
        await _client.PostAsJsonAsync($"/api/v1/hosts/{id}/host-key/approve", new { fingerprint = _server.Fingerprint });
        await Until.TrueAsync(async () => await StatusAsync(id) == "online", "it is online");
        return id;
    }
}
