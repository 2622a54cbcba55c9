using System.Diagnostics;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Tests.Features.Hosts;

public sealed class HostMonitorTests : IAsyncLifetime
{
    private HostsHarness _house = null!;
    private SshServer _server = null!;

    public async Task InitializeAsync()
    {
        _house = await HostsHarness.StartAsync();
        _server = await SshServer.StartAsync("127.0.0.1", "127.0.0.2", "127.0.0.3");
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Hosts_are_connected_once_each_whatever_is_done_on_them()
    {
        await _house.AuthorizeAtAsync(_server);
        string[] hosts = [await _house.AddHostAsync(_server, "127.0.0.2"), await _house.AddHostAsync(_server, "127.0.0.3")];
        foreach (var host in hosts)
        {
            await _house.StatusAsync(host, HostStatus.Online);
            await _house.ReadingAsync(host);
            var first = Reading(host).Latest.CollectedAt;
            await Until.TrueAsync(() => Reading(host).Recent.Count >= 4 && Reading(host).Latest.CollectedAt > first, "further readings come");
            Assert.Contains("hello", await ShellAsync(host, "echo hel''lo; exit\n"), StringComparison.Ordinal);
        }

        Assert.Equal(2, _server.Logins);
        await using var db = await _house.Database();
        await Until.TrueAsync(() => db.Set<HostMetric>().Count(m => m.HostId == hosts[0]) > 3, "readings are in the table");
        Assert.Equal("full", (await db.Set<HostMetric>().Where(m => m.HostId == hosts[0]).OrderBy(m => m.Id).FirstAsync()).MetricType);
        Assert.All(await db.Set<Host>().ToListAsync(), h => Assert.Equal((HostStatus.Online, true), (h.Status, h.Reachable)));
    }

    [Fact]
    public async Task A_host_that_refuses_our_key_says_what_to_do()
    {
        var host = await _house.AddHostAsync(_server);
        await _house.StatusAsync(host, HostStatus.Offline);
        var summary = _house.Board.Live.Get(host)!;
        Assert.Equal($"{summary.Name} refused our key. Add the dashboard's public key to ~/.ssh/authorized_keys of {_server.User} on it.", summary.StatusReason);
        Assert.False(summary.Reachable);
        Assert.Null(summary.LastSeen);

        await _house.AuthorizeAtAsync(_server);
        await _house.StatusAsync(host, HostStatus.Online);
        Assert.Null(_house.Board.Live.Get(host)!.StatusReason);
    }

    [Fact]
    public async Task A_host_that_goes_away_is_offline_with_last_seen_and_comes_back_by_itself()
    {
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.ReadingAsync(host);
        await _server.StopAsync();
        var cut = Stopwatch.StartNew();
        await _house.StatusAsync(host, HostStatus.Offline);
        Assert.InRange(cut.Elapsed, TimeSpan.Zero, HostsHarness.Interval * 3);
        var offline = _house.Board.Live.Get(host)!;
        Assert.InRange(offline.LastSeen!.Value, Reading(host).Latest.CollectedAt - TimeSpan.FromSeconds(1), TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.False(offline.Reachable);
        Assert.Equal("HOST_UNREACHABLE", _house.Connections.ShellCommand(host).Problem!.Code);
        await Until.TrueAsync(() => _house.Board.Live.Get(host)!.StatusReason!.Contains("refused", StringComparison.Ordinal), "the reason is the last attempt's");

        var before = Reading(host).Latest.CollectedAt;
        await _server.RestartAsync();
        await _house.StatusAsync(host, HostStatus.Online);
        await Until.TrueAsync(() => Reading(host).Latest.CollectedAt > before, "readings come again");
    }

    [Fact]
    public async Task A_host_that_falls_silent_is_offline_by_its_missing_signs_of_life()
    {
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.ReadingAsync(host);
        var process = ProcessIdentity.Of(_house.Connections.Live.Get(host)!.Pid)!;
        await _server.FreezeAsync();
        await _house.StatusAsync(host, HostStatus.Offline);
        Assert.Contains("lost", _house.Board.Live.Get(host)!.StatusReason, StringComparison.Ordinal);
        await Until.TrueAsync(() => !process.IsRunning, "nothing of the old connection is left");
        await _server.StopAsync();
        await _server.RestartAsync();
        await _house.StatusAsync(host, HostStatus.Online);
    }

    [Fact]
    public async Task A_host_with_another_key_is_left_alone()
    {
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.StatusAsync(host, HostStatus.Online);
        await _server.StopAsync();
        await _server.NewHostKeyAsync();
        await _server.RestartAsync();
        await _house.StatusAsync(host, HostStatus.KeyChanged);
        Assert.Contains("another host key", _house.Board.Live.Get(host)!.StatusReason, StringComparison.Ordinal);
        var attempts = Connections();
        await _house.Get<HostMonitor>().ChangedAsync(CancellationToken.None);
        await Task.Delay(1500); // Longer than the longest back-off: what would come, has come.
        Assert.Equal(attempts, Connections());
        Assert.Equal(1, _server.Logins);

        int Connections() => _server.Log.Split("Connection closed").Length;
    }

    [Fact]
    public async Task A_host_behind_another_is_reached_through_it_on_its_connection()
    {
        await using var inner = await SshServer.StartAsync("127.0.0.4");
        await _house.AuthorizeAtAsync(_server);
        await _house.AuthorizeAtAsync(inner);
        var jump = await _house.AddHostAsync(_server);
        var host = await _house.AddHostAsync(inner, jump: jump);
        await _house.StatusAsync(host, HostStatus.Online);
        await _house.ReadingAsync(host);
        Assert.Equal((1, 1), (_server.Logins, inner.Logins));

        await _server.StopAsync();
        await _house.StatusAsync(host, HostStatus.Offline);
        await Until.TrueAsync(() => _house.Board.Live.Get(host)!.StatusReason!.StartsWith("It is reached through", StringComparison.Ordinal), "the way is named");
        await _server.RestartAsync();
        await _house.StatusAsync(host, HostStatus.Online);
    }

    [Fact]
    public async Task Nothing_is_left_after_the_end()
    {
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.ReadingAsync(host);
        var process = ProcessIdentity.Of(_house.Connections.Live.Get(host)!.Pid)!;
        await _house.StopAsync();
        Assert.False(process.IsRunning);
        Assert.Equal("[]", await File.ReadAllTextAsync(Path.Combine(_house.Folder.Root, "processes.json")));
        Assert.False(Directory.Exists(Path.Combine(_house.Folder.Root, "ssh", "run")));
    }

    [Fact]
    public async Task After_a_restart_the_charts_of_the_last_hour_are_there()
    {
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await Until.TrueAsync(() => _house.Get<MetricsBoard>().Live.Get(host)?.Recent.Count >= 3, "readings come");
        await _server.StopAsync();
        await _house.RestartAsync();
        Assert.InRange(Reading(host).Recent.Count, 3, 720);
        Assert.NotNull(Reading(host).Latest.Hostname);
        Assert.NotEmpty(Reading(host).Latest.Filesystems);
        Assert.False(_house.Board.Live.Get(host)!.Reachable);
    }

    private HostReading Reading(string host) => _house.Get<MetricsBoard>().Live.Get(host)!;

    private async Task<string> ShellAsync(string host, string input)
    {
        var command = _house.Connections.ShellCommand(host).Value!;
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
        return output + await errors;
    }
}
