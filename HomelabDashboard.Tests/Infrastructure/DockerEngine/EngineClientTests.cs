using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ssh;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Infrastructure.DockerEngine;

/// <summary>A real engine, at its socket and through a real sshd, by each of the ways there are.</summary>
public sealed class EngineClientTests(EngineClientTests.Lab lab) : IClassFixture<EngineClientTests.Lab>
{
    public static TheoryData<string> Ways => ["local", "ssh"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_container_lives_its_life(string way)
    {
        using var client = new EngineClient(lab.Door(way), TimeProvider.System);
        var version = await client.ConnectAsync(CancellationToken.None);
        Assert.Equal("Docker", version.Product);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var listening = new TaskCompletionSource();
        var actions = new List<string>();
        var watching = WatchAsync();
        await listening.Task.WaitAsync(limit.Token);
        var id = await lab.Engine.RunContainerAsync("life-" + way, "echo out; echo wrong >&2; trap 'exit 3' TERM; while :; do sleep 0.1; done", "--label", "com.docker.compose.project=shop");

        var listed = Assert.Single(await client.ListContainersAsync([id], limit.Token));
        Assert.Equal(("running", "/life-" + way, "shop"), (listed.State, Assert.Single(listed.Names!), listed.Labels!["com.docker.compose.project"]));
        Assert.True((await client.StatsAsync(id, limit.Token)).Cpu!.Usage!.Total > 0);
        var lines = new List<LogLine>();
        await foreach (var batch in client.LogsAsync(id, new(Tail: 10, Follow: true), limit.Token))
        {
            lines.AddRange(batch);
            if (lines.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["out", "wrong"], lines.OrderBy(l => l.IsError).Select(l => l.Text));
        Assert.All(lines, l => Assert.InRange(l.At!.Value, DateTime.UnixEpoch.AddYears(50), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1)));
        await client.ActAsync(id, ContainerVerb.Pause, limit.Token);
        await client.ActAsync(id, ContainerVerb.Unpause, limit.Token);
        await client.ActAsync(id, ContainerVerb.Stop, limit.Token);
        await client.ActAsync(id, ContainerVerb.Stop, limit.Token);
        Assert.Equal(3, (await client.InspectAsync(id, limit.Token)).State!.ExitCode);
        await client.RemoveContainerAsync(id, limit.Token);
        Assert.Empty(await client.ListContainersAsync([id], limit.Token));
        var gone = await Assert.ThrowsAsync<EngineException>(() => client.InspectAsync(id, limit.Token));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.Status);
        await watching.WaitAsync(limit.Token);
        Assert.Equal(["create", "start", "pause", "unpause", "kill", "die", "stop", "destroy"], actions);

        async Task WatchAsync()
        {
            await foreach (var happened in client.EventsAsync(listening.SetResult, limit.Token))
            {
                if (happened.Actor?.Attributes?.GetValueOrDefault("name") == "life-" + way)
                {
                    actions.Add(happened.Action!);
                    if (happened.Action == "destroy")
                    {
                        return;
                    }
                }
            }
        }
    }

    [Fact]
    public async Task A_terminal_s_log_and_images_and_volumes_are_read()
    {
        using var client = new EngineClient(lab.Door("ssh"), TimeProvider.System);
        await client.ConnectAsync(CancellationToken.None);
        var id = await lab.Engine.RunContainerAsync("tty", "echo on a terminal", "-t", "-v", "store:/data");
        await lab.Engine.DockerAsync("wait", id);
        var lines = new List<LogLine>();
        await foreach (var batch in client.LogsAsync(id, new(Tail: null), CancellationToken.None))
        {
            lines.AddRange(batch);
        }

        Assert.Equal("on a terminal", Assert.Single(lines).Text);
        Assert.Contains(PrivateEngine.Image, (await client.ListImagesAsync(CancellationToken.None)).SelectMany(i => i.RepoTags ?? []));
        Assert.Contains(await client.ListVolumesAsync(CancellationToken.None), v => v is { Name: "store", Driver: "local", Scope: "local" });
        var used = await Assert.ThrowsAsync<EngineException>(() => client.RemoveVolumeAsync("store", CancellationToken.None));
        Assert.Contains("in use", used.Message, StringComparison.Ordinal);
        await client.RemoveContainerAsync(id, CancellationToken.None);
        await client.RemoveVolumeAsync("store", CancellationToken.None);
        Assert.DoesNotContain(await client.ListVolumesAsync(CancellationToken.None), v => v.Name == "store");
    }

    [Theory]
    [InlineData("../images/json")]
    [InlineData("..")]
    [InlineData("abc")]
    [InlineData("0123456789ab/../x")]
    [InlineData("0123456789ab?all=1")]
    public async Task What_is_no_id_reaches_no_path(string id)
    {
        using var client = new EngineClient(lab.Door("local"), TimeProvider.System);
        await Assert.ThrowsAsync<ArgumentException>(() => client.InspectAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => client.RemoveImageAsync(id, CancellationToken.None));
        Assert.False(EngineName.IsName("../" + id));
    }

    [Fact]
    public async Task A_host_says_what_it_has()
    {
        Assert.Equal(new EngineFinding(EngineFound.Way, "docker", EngineOwner.Told), await EngineDoor.FindAsync(lab.Connection.RunAsync, CancellationToken.None));
    }

    [Theory]
    [InlineData("way docker told", EngineFound.Way)]
    [InlineData("root podman system", EngineFound.Way)]
    [InlineData("denied docker user", EngineFound.Denied)]
    [InlineData("stopped podman", EngineFound.Stopped)]
    [InlineData("none", EngineFound.Nothing)]
    [InlineData("Welcome to nas\nnone", EngineFound.Nothing)]
    [InlineData("way rm told", null)]
    [InlineData("way docker", null)]
    [InlineData("way docker 1", null)]
    [InlineData("way docker told; rm", null)]
    [InlineData("", null)]
    public void The_answer_of_a_host_is_one_of_a_few(string answer, EngineFound? found) => Assert.Equal(found, EngineFinding.Parse(answer + "\n")?.Found);

    [Fact]
    public async Task An_engine_that_is_not_there_is_said_in_the_client_s_words()
    {
        using var client = new EngineClient(EngineDoor.Over(new(EngineFound.Way, "docker"), (_, cancel) => lab.Connection.RunAsync("DOCKER_HOST=unix:///nonexistent docker system dial-stdio", cancel)), TimeProvider.System);
        var failure = await Assert.ThrowsAnyAsync<IOException>(() => client.ConnectAsync(CancellationToken.None));
        Assert.Contains("/nonexistent", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_here_ends_there()
    {
        var client = new EngineClient(lab.Door("ssh"), TimeProvider.System);
        await client.ConnectAsync(CancellationToken.None);
        var id = await lab.Engine.RunContainerAsync("endless", "while :; do echo line; sleep 0.05; done");
        using var stop = new CancellationTokenSource();
        var following = Task.Run(async () =>
        {
            await foreach (var _ in client.LogsAsync(id, new(Tail: 1, Follow: true), stop.Token))
            {
            }
        });
        await Until.TrueAsync(() => Dialling() >= 2, "a request's and a stream's connection are there");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        client.Dispose();
        await Until.TrueAsync(() => Dialling() == 0, "no process is left on the host");
        await lab.Engine.DockerAsync("rm", "-f", id);
    }

    /// <summary>How many processes of this engine's host hold a connection to it.</summary>
    private int Dialling()
    {
        var count = 0;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            try
            {
                count += File.ReadAllText(Path.Combine(process, "cmdline")).Contains("dial-stdio", StringComparison.Ordinal)
                    && File.ReadAllText(Path.Combine(process, "environ")).Contains(lab.Engine.Socket, StringComparison.Ordinal) ? 1 : 0;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // A process that has ended.
            }
        }

        return count;
    }

    public sealed class Lab : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("homelab-engine-");
        private SshServer _server = null!;

        internal PrivateEngine Engine { get; private set; } = null!;

        internal SshConnection Connection { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Engine = await PrivateEngine.StartAsync();
            _server = await SshServer.StartAsync();
            await _server.StopAsync();
            _server.Environment["DOCKER_HOST"] = "unix://" + Engine.Socket;
            await _server.RestartAsync();
            var folder = new SshFolder(_folder.FullName);
            var ledger = new ProcessLedger(Path.Combine(_folder.FullName, "processes.json"));
            var keys = new DashboardKeyPair(folder, ledger);
            await keys.EnsureAsync(CancellationToken.None);
            _server.Authorize((await keys.ReadAsync(CancellationToken.None)).ToString());
            Assert.True(SshPublicKey.TryParse(_server.HostKey, out var hostKey));
            var host = new SshHostEntry("enginehost", _server.Address, _server.Port, _server.User, hostKey, null);
            await new SshConfig(folder, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)).WriteAsync([host], CancellationToken.None);
            var (connection, failure) = await SshConnection.OpenAsync(folder, host, ledger, TimeProvider.System, CancellationToken.None);
            Connection = connection ?? throw new InvalidOperationException(failure!.Detail);
        }

        public async Task DisposeAsync()
        {
            await Connection.DisposeAsync();
            await _server.DisposeAsync();
            await Engine.DisposeAsync();
            _folder.Delete(recursive: true);
        }

        internal EngineDoor Door(string way) => way switch
        {
            "local" => EngineDoor.ToSocket(Engine.Socket),
            _ => EngineDoor.Over(new(EngineFound.Way, "docker", EngineOwner.Told), Connection.RunAsync),
        };
    }
}
