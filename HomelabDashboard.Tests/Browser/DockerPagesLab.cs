using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Browser;

/// <summary>A dashboard with one host that has a real engine: a project with its file, favourites in groups, a look of one's own.</summary>
public sealed class DockerPagesLab : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-stack-").FullName;
    private PrivateEngine _engine = null!;
    private SshServer _server = null!;

    internal ApiClient Api { get; private set; } = null!;

    public RunningDashboard Dashboard { get; private set; } = null!;

    public string HostId { get; private set; } = "";

    public string ComposeFile => Path.Combine(_folder, "compose.yaml");

    /// <summary>The dashboard's ids by name.</summary>
    public Dictionary<string, int> Ids { get; } = [];

    public async Task InitializeAsync()
    {
        _engine = await PrivateEngine.StartAsync();
        foreach (var image in new[] { "jellyfin/jellyfin:10.11", "linuxserver/sonarr:4", "postgres:17", "grafana/grafana:12" })
        {
            await _engine.DockerAsync("tag", PrivateEngine.Image, image);
        }

        foreach (var (name, image) in new[] { ("jellyfin", "jellyfin/jellyfin:10.11"), ("sonarr", "linuxserver/sonarr:4"), ("grafana", "grafana/grafana:12"), ("notes", PrivateEngine.Image) })
        {
            await _engine.DockerAsync("run", "-d", "--name", name, "--network", "none", "--label", $"homepage.href=http://media.example.org/{name}", image, "sleep", "100000");
        }

        await File.WriteAllTextAsync(ComposeFile, """
            # The documents of the house.
            services:
              web:
                image: busybox:1.0
                command: ["sh", "-c", "while :; do sleep 1; done"]
                network_mode: none
                stop_signal: SIGKILL
                environment:
                  TZ: Europe/Berlin
              db:
                image: postgres:17
                command: ["sleep", "100000"]
                network_mode: none
                stop_signal: SIGKILL

            """);
        await _engine.DockerAsync("compose", "-p", "paperless", "-f", ComposeFile, "up", "-d");
        _server = await SshServer.StartAsync();
        await _server.StopAsync();
        _server.Environment["DOCKER_HOST"] = "unix://" + _engine.Socket;
        _server.Environment["DOCKER_CONFIG"] = _engine.ClientConfig;
        await _server.RestartAsync();
        Dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = PagesLab.Username, ["HOMELAB_ADMIN_PASSWORD"] = PagesLab.Password });
        Api = await ApiClient.SignInAsync(Dashboard.Address, PagesLab.Username, PagesLab.Password);
        _server.Authorize(await Api.PublicKeyAsync());
        HostId = await Api.ConnectAsync(_server, "docker-01");
        await Api.PatchAsync($"hosts/{HostId}", new { docker_enabled = true });
        await Until.TrueAsync(async () => (await ContainersAsync()).Count >= 6, "containers are listed");
        foreach (var (name, id) in await ContainersAsync())
        {
            Ids[name] = id;
        }

        var media = await Api.PostAsync("favorites/groups", new { name = "Media", color = "#2563c9", icon_key = "mdi-movie-open" });
        await Api.PostAsync("favorites/groups", new { name = "Tools", color = "#a3481a", icon_key = "mdi-tools" });
        foreach (var name in new[] { "jellyfin", "sonarr" })
        {
            await Api.PostAsync("favorites/containers", new { docker_container_id = Ids[name], group_id = media.GetProperty("id").GetInt32() });
        }

        await Api.PostAsync("favorites/containers", new { docker_container_id = Ids["grafana"] });
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        await Dashboard.DisposeAsync();
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<List<(string Name, int Id)>> ContainersAsync() =>
        [.. (await Api.GetAsync("docker/containers")).GetProperty("items").EnumerateArray().Select(c => (c.GetProperty("name").GetString()!, c.GetProperty("id").GetInt32()))];
}
