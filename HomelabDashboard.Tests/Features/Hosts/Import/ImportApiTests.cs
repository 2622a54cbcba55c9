using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Hosts.Import;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.Hosts.Import;

public sealed class ImportApiTests : IAsyncLifetime
{
    private const string Inventory = """
        [all:vars]
        ansible_user=deploy
        [web]
        web[1:2] ansible_host=10.1.0.1 ansible_port=2201 tier=front db_password=hunter2 cmd="{{ lookup('pipe','id') }}" ansible_ssh_executable=/tmp/x
        [web.bad]
        web1
        [db]
        db1 ansible_host=10.1.0.3
        db2 ansible_host='-oProxyCommand=id'
        [prod:children]
        web
        db
        [prod:vars]
        zone=north
        vault_key=abc
        """;

    private readonly TestApp _app = TestApp.Start();
    private HttpClient _client = null!;

    public async Task InitializeAsync() => _client = await _app.ProgramAsync(UserRole.Operator);

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task An_ssh_config_becomes_hosts_and_a_second_import_changes_nothing()
    {
        const string text = "Host bastion\n  HostName 192.0.2.1\n  User ada\nHost nas\n  HostName 192.0.2.2\n  Port 2222\n  ProxyJump bastion\nHost far\n  ProxyJump nobody\nHost beyond\n ProxyJump far\nMatch user x\n";
        var dry = await ImportAsync("ssh_config", text, dryRun: true);
        Assert.Equal((2, 0), (dry.GetProperty("created").GetInt32(), dry.GetProperty("updated").GetInt32()));
        Assert.Empty(await HostsAsync());

        var answer = await ImportAsync("ssh_config", text);
        Assert.Equal((2, 0), (answer.GetProperty("created").GetInt32(), answer.GetProperty("updated").GetInt32()));
        Assert.Equal([8, 10, 12], answer.GetProperty("skipped").EnumerateArray().Select(s => s.GetProperty("line").GetInt32()));
        Assert.Contains("nobody", answer.GetProperty("skipped")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        var hosts = await HostsAsync();
        Assert.Equal(["bastion", "nas"], hosts.Select(h => h.Name));
        Assert.Equal((hosts[0].Id, 2222, "root", "192.0.2.2"), (hosts[1].ProxyJumpId, hosts[1].SshPort, hosts[1].SshUser, hosts[1].IpAddress));
        Assert.Equal("unknown", (await GetAsync($"hosts/{hosts[1].Id}")).GetProperty("status").GetString());

        var again = await ImportAsync("ssh_config", text);
        Assert.Equal((0, 0, 2), (again.GetProperty("created").GetInt32(), again.GetProperty("updated").GetInt32(), again.GetProperty("same").GetInt32()));

        var changed = await ImportAsync("ssh_config", "Host NAS\n  Port 22\n  ProxyJump none\nHost bastion\n");
        Assert.Equal((0, 1, 1), (changed.GetProperty("created").GetInt32(), changed.GetProperty("updated").GetInt32(), changed.GetProperty("same").GetInt32()));
        var nas = (await HostsAsync())[1];
        Assert.Equal(("nas", 22, null, "192.0.2.2"), (nas.Name, nas.SshPort, nas.ProxyJumpId, nas.IpAddress));
    }

    [Fact]
    public async Task An_inventory_keeps_groups_and_variables_but_no_secret_and_nothing_that_runs_here()
    {
        var answer = await ImportAsync("ansible_ini", Inventory);
        // web2 would be the same place as web1, db2's address is an attack.
        Assert.Equal(2, answer.GetProperty("created").GetInt32());
        var reasons = string.Join('\n', answer.GetProperty("skipped").EnumerateArray().Select(s => $"{s.GetProperty("line")} {s.GetProperty("reason").GetString()}"));
        foreach (var expected in new[] { "4 web2: web1 has the same", "9 db2: Give an IPv4", "variable db_password", "variable cmd", "variable ansible_ssh_executable", "variable vault_key", "group web.bad" })
        {
            Assert.Contains(expected, reasons, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hunter2", reasons, StringComparison.Ordinal);
        var hosts = await HostsAsync();
        Assert.Equal(["db1", "web1"], hosts.Select(h => h.Name));
        Assert.Equal(("deploy", 2201, "web", """{"tier":"front"}"""), (hosts[1].SshUser, hosts[1].SshPort, hosts[1].AnsibleGroup, hosts[1].AnsibleVars));
        await using var db = await Database();
        var groups = await db.Set<AnsibleGroup>().OrderBy(g => g.Name).ToListAsync();
        Assert.Equal(["db", "prod", "web"], groups.Select(g => g.Name));
        Assert.Equal(["prod"], groups[2].Parents);
        Assert.Equal("""{"zone":"north"}""", groups[1].Vars);
        foreach (var file in Directory.EnumerateFiles(_app.Folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.DoesNotContain("hunter2", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        var known = await _app.AsAsync(UserRole.Viewer, services => services.GetRequiredService<HostService>().GetAnsibleAsync(hosts[1].Id, CancellationToken.None));
        Assert.Equal(["web", "prod"], known!.Groups.Select(g => g.Name));
    }

    [Fact]
    public async Task What_cannot_be_read_changes_nothing_and_says_where()
    {
        var problem = await RefusedAsync("ansible_ini", "good ansible_host=10.0.0.1\n[web]\nbad ansible_host='\n");
        Assert.Equal("Line 3: A quote is not closed.", problem.GetProperty("errors").GetProperty("content")[0].GetString());
        Assert.Empty(await HostsAsync());
        await RefusedAsync("ansible_yaml", "all: [");
        await RefusedAsync("ssh_config", " ");
        await RefusedAsync("csv", "a");
        using var viewer = await _app.ProgramAsync(UserRole.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync("/api/v1/hosts/import", new { format = "ssh_config", content = "Host a" })).StatusCode);
        using var large = new StringContent(JsonSerializer.Serialize(new { format = "ssh_config", content = new string('#', 1024 * 1024) }), System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _client.PostAsync("/api/v1/hosts/import", large)).StatusCode);
    }

    [Fact]
    public async Task Ways_in_circles_and_through_strangers_are_left_out()
    {
        await ImportAsync("ssh_config", "Host gate\n HostName 192.0.2.9\n User ada\n Port 2200\n");
        var answer = await ImportAsync(
            "ssh_config",
            "Host a\n ProxyJump b\nHost b\n ProxyJump a\nHost c\n ProxyJump ada@192.0.2.9:2200\nHost d\n ProxyJump bob@gate\nHost e\n ProxyJump gate,c\nHost f\n ProxyJump c,gate\n");
        Assert.Equal(2, answer.GetProperty("created").GetInt32());
        var hosts = await HostsAsync();
        Assert.Equal(["c", "e", "gate"], hosts.Select(h => h.Name));
        Assert.Equal((hosts[2].Id, hosts[0].Id), (hosts[0].ProxyJumpId, hosts[1].ProxyJumpId));
    }

    [Fact]
    public async Task A_preview_says_what_changes_from_what_to_what()
    {
        await ImportAsync("ansible_ini", "[web]\nnas ansible_host=10.0.0.1 rack=1\n");
        var plan = await PlanAsync(ImportFormat.AnsibleYaml, "db: {hosts: {nas: {ansible_host: 10.0.0.2, rack: 2}, new: {ansible_ssh_private_key_file: ~/.ssh/k}}}");
        var change = Assert.Single(plan.Changed).Changes;
        Assert.Equal(
            [new("ip_address", "10.0.0.1", "10.0.0.2"), new("ansible_group", "web", "db"), new("ansible_vars", "rack", "rack (other values)")],
            change);
        Assert.Equal(["~/.ssh/k"], Assert.Single(plan.New).IdentityFiles);
        Assert.Equal("10.0.0.1", (await HostsAsync())[0].IpAddress);
    }

    [Fact]
    public async Task Groups_do_not_come_to_be_in_themselves_by_two_imports()
    {
        await ImportAsync("ansible_ini", "[a]\nx ansible_host=10.0.0.1\n[b:children]\na\n");
        await ImportAsync("ansible_ini", "[b]\ny ansible_host=10.0.0.2\n[c:children]\nb\n[a:children]\nc\n");
        await using var db = await Database();
        var parents = await db.Set<AnsibleGroup>().ToDictionaryAsync(g => g.Name, g => g.Parents);
        Assert.Empty(parents["a"]);
        Assert.Equal(["c"], parents["b"]);
        Assert.Equal(["a"], parents["c"]);
    }

    private Task<ImportPlan> PlanAsync(ImportFormat format, string text) => _app.AsAsync(UserRole.Operator, async services =>
        (await services.GetRequiredService<HostImportService>().PreviewAsync(new(format, [new("", text)]), CancellationToken.None)).Value!);

    private Task<HomelabDbContext> Database() => _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();

    private async Task<List<Host>> HostsAsync()
    {
        await using var db = await Database();
        return await db.Set<Host>().AsNoTracking().OrderBy(h => h.Name).ToListAsync();
    }

    private async Task<JsonElement> GetAsync(string path) => await _client.GetFromJsonAsync<JsonElement>("/api/v1/" + path);

    private async Task<JsonElement> ImportAsync(string format, string content, bool dryRun = false)
    {
        var answer = await _client.PostAsJsonAsync("/api/v1/hosts/import", new { format, content, dry_run = dryRun });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> RefusedAsync(string format, string content)
    {
        var answer = await _client.PostAsJsonAsync("/api/v1/hosts/import", new { format, content });
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.BadRequest, "VALIDATION_FAILED"), (answer.StatusCode, problem.GetProperty("code").GetString()));
        return problem;
    }
}
