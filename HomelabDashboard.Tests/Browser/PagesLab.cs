using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Tests.Features.Metrics.Inventory;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;

namespace HomelabDashboard.Tests.Browser;

/// <summary>A dashboard with something on every page: hosts that answer, one that is away, one whose key waits, two users.</summary>
public sealed class PagesLab : IAsyncLifetime, IDisposable
{
    public const string Username = "ada";
    public const string Password = "correct horse battery";

    /// <summary>New, changed and same hosts, and some that are left out.</summary>
    public const string ImportText = """
        Host vps
          HostName vps.example.org
          User ada
          IdentityFile ~/.ssh/id_ed25519
          ProxyJump router
        Host nas
          HostName 192.168.1.20
          Port 2222
        Host pi-hole
        Host github.com
          User git
        Host lost
          ProxyJump nowhere
        Match user ada
        """;

    private static readonly string[] Names = ["nas", "proxmox-1", "docker-01", "media", "pi-hole", "router"];

    private readonly HostPrograms _programs = new();
    private SshServer _stopped = null!;
    private SshServer _tower = null!;
    private SshServer _docker = null!;
    private PrivateEngine _engine = null!;
    private ApiClient _api = null!;

    public RunningDashboard Dashboard { get; private set; } = null!;

    /// <summary>Nobody has set it up yet.</summary>
    public RunningDashboard Fresh { get; private set; } = null!;

    public SshServer Server { get; private set; } = null!;

    /// <summary>Ids by name.</summary>
    public Dictionary<string, string> Hosts { get; } = [];

    public int GraceId { get; private set; }

    public string ScheduleId { get; private set; } = "";

    /// <summary>The dashboard's ids by name.</summary>
    public Dictionary<string, int> ContainerIds { get; } = [];

    public async Task InitializeAsync()
    {
        Server = await SshServer.StartAsync([.. Names.Select((_, i) => $"127.0.0.{11 + i}")]);
        _stopped = await SshServer.StartAsync("127.0.0.31");
        _tower = await SshServer.StartAsync("127.0.0.32");
        await _tower.StopAsync();

        // Nothing here may ever restart the machine that runs the tests.
        foreach (var name in new[] { "sudo", "doas", "reboot", "poweroff" })
        {
            _programs.Write(name, "echo 'Operation inhibited by \"backup\"'; exit 1");
        }

        _tower.Environment["PATH"] = $"{_programs.Folder}:/usr/sbin:/usr/bin:/sbin:/bin";
        await _tower.RestartAsync();
        _engine = await PrivateEngine.StartAsync();
        _docker = await SshServer.StartAsync("127.0.0.33");
        await _docker.StopAsync();
        _docker.Environment["DOCKER_HOST"] = "unix://" + _engine.Socket;
        await _docker.RestartAsync();
        await RunContainersAsync();
        Fresh = await RunningDashboard.StartAsync();
        Dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string>
        {
            ["HOMELAB_ADMIN_USERNAME"] = Username,
            ["HOMELAB_ADMIN_PASSWORD"] = Password,
        });
        _api = await ApiClient.SignInAsync(Dashboard.Address, Username, Password);
        var key = await _api.PublicKeyAsync();
        Server.Authorize(key);
        _stopped.Authorize(key);
        _tower.Authorize(key);
        _docker.Authorize(key);
        for (var i = 0; i < Names.Length; i++)
        {
            Hosts[Names[i]] = await _api.ConnectAsync(Server, Names[i], Server.Addresses[i]);
        }

        Hosts["tower"] = await _api.ConnectAsync(_tower, "tower");
        Hosts["backup"] = await _api.ConnectAsync(_stopped, "backup");
        Hosts["apps"] = await _api.ConnectAsync(_docker, "apps");
        await _api.PatchAsync($"hosts/{Hosts["apps"]}", new { docker_enabled = true });
        await Until.TrueAsync(async () => Containers(await _api.GetAsync("docker/containers")).Any(c => c.Name == "shop-db"), "containers are listed");
        await _engine.RunContainerAsync("prowlarr", "sleep 1; exit 1");
        foreach (var (name, id) in Containers(await _api.GetAsync("docker/containers")))
        {
            ContainerIds[name] = id;
        }

        Hosts["new-host"] = await _api.AddAsync(Server, "new-host");
        await _api.PatchAsync($"hosts/{Hosts["nas"]}", new { tags = new[] { "storage", "rack-1" }, ansible_group = "storage", notes = "Eight bays, ECC." });
        await _api.PatchAsync($"hosts/{Hosts["docker-01"]}", new { tags = new[] { "rack-1" }, ansible_group = "apps", warn_percent = 60, critical_percent = 80 });
        await _api.PostAsync("hosts/import", new { format = "ansible_ini", content = "[apps]\nmedia tier=front\n[prod:children]\napps\n[prod:vars]\nzone=north\n" });
        await _api.PatchAsync($"hosts/{Hosts["media"]}", new { maintenance = true, maintenance_reason = "New disks" });
        var grace = await _api.PostAsync("users", new { username = "grace", password = Password, role = "operator" });
        GraceId = grace.GetProperty("id").GetInt32();
        var channel = await _api.PostAsync("notification-channels", new { name = "Phone", kind = "ntfy", settings = new { url = "http://127.0.0.1:9", topic = "phone-topic" }, min_level = "critical", quiet_from = "22:00", quiet_until = "07:00" });
        await _api.PostAsync($"notification-channels/{channel.GetProperty("id").GetInt32()}/test");
        var schedule = await _api.PostAsync("schedules", new
        {
            name = "Collect facts",
            playbook = "collect-facts.yml",
            target_type = "group",
            target = "apps",
            schedule_type = "recurring",
            recurrence_type = "weekly",
            recurrence_time = "04:30",
            recurrence_days = "mon,thu",
            tags = "nightly",
            description = "So that the hosts' pages say what is installed.",
        });
        ScheduleId = schedule.GetProperty("id").GetString()!;
        if (int.TryParse(Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS_GATHER_MINUTES"), CultureInfo.InvariantCulture, out var minutes))
        {
            await Task.Delay(TimeSpan.FromMinutes(minutes));
        }

        foreach (var host in Hosts.Where(h => h.Key is not "new-host"))
        {
            await Until.TrueAsync(
                async () => (await _api.GetAsync($"hosts/{host.Value}/metrics?metrics=cpu_usage_percent")).ToString().Contains("],[", StringComparison.Ordinal),
                $"{host.Key} has two readings",
                TimeSpan.FromSeconds(60));
        }

        await _api.PostAsync($"hosts/{Hosts["tower"]}/collect", new { });
        await Until.TrueAsync(
            async () => (await _api.GetAsync($"hosts/{Hosts["tower"]}/metrics/latest")).ToString().Contains("FL-0001\",\"passed", StringComparison.Ordinal),
            "the tower's disks are read",
            TimeSpan.FromSeconds(60));
        await FillAsync(Hosts["tower"]);
        await _stopped.StopAsync();
        await Until.TrueAsync(
            async () => (await _api.GetAsync($"hosts/{Hosts["backup"]}")).GetProperty("status").GetString() == "offline", "backup is offline");
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await Fresh.DisposeAsync();
        await Dashboard.DisposeAsync();
        await Server.DisposeAsync();
        await _stopped.DisposeAsync();
        await _tower.DisposeAsync();
        await _docker.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private static IEnumerable<(string Name, int Id)> Containers(JsonElement list) =>
        list.GetProperty("items").EnumerateArray().Select(c => (c.GetProperty("name").GetString()!, c.GetProperty("id").GetInt32()));

    private async Task RunContainersAsync()
    {
        const string Serve = "trap 'exit 0' TERM; i=0; while :; do i=$((i+1)); printf '\\033[32mINFO\\033[0m request %s answered in 12 ms, see http://localhost/%s\\n' $i $i; [ $((i % 5)) = 0 ] && echo 'WARN slow query: SELECT * FROM orders' >&2; sleep 0.5; done";
        string[] Project(string project, string service) => ["--label", "com.docker.compose.project=" + project, "--label", "com.docker.compose.service=" + service];
        await _engine.RunContainerAsync("shop-web", Serve, [.. Project("shop", "web"), "--health-cmd", "true", "--health-interval", "1s", "-e", "DB_PASSWORD=hunter2", "-e", "TZ=Europe/Berlin", "-v", "shop-data:/data", "--restart", "unless-stopped"]);
        await _engine.RunContainerAsync("shop-db", "sleep 100000", Project("shop", "db"));
        await _engine.RunContainerAsync("jellyfin", Serve, Project("media", "jellyfin"));
        await _engine.RunContainerAsync("sonarr", "exit 1", Project("media", "sonarr"));
        await _engine.RunContainerAsync("nightly-job", "exit 0");
        await _engine.DockerAsync("pause", "jellyfin");
    }

    public void Dispose() => _programs.Dispose();

    /// <summary>Hours of the last two weeks, in which the room on every filesystem of a host went by a fourteenth of what there is now each day.</summary>
    private async Task FillAsync(string host)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Dashboard.Folder, "homelab.db")};Pooling=False");
        await connection.OpenAsync();
        foreach (var filesystem in (await _api.GetAsync($"hosts/{host}/metrics/latest")).GetProperty("disk_info").EnumerateArray())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = """
                WITH RECURSIVE hour(ago) AS (SELECT 1 UNION ALL SELECT ago + 1 FROM hour WHERE ago < 14 * 24)
                INSERT OR IGNORE INTO host_filesystem_hours (host_id, start, mount, count, available_mb)
                SELECT @host, CAST(strftime('%s', 'now') AS INTEGER) / 3600 * 3600 - ago * 3600, @mount, 12, CAST(@available * (1 + ago / 24.0 / 14) AS INTEGER) FROM hour
                """;
            command.Parameters.AddWithValue("@host", host);
            command.Parameters.AddWithValue("@mount", filesystem.GetProperty("mount").GetString());
            command.Parameters.AddWithValue("@available", filesystem.GetProperty("available_gb").GetDouble() * 1024);
            await command.ExecuteNonQueryAsync();
        }
    }
}
