using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;
using HomelabDashboard.Tests.Features.Hosts;
using HomelabDashboard.Tests.Features.Metrics.Inventory;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Metrics;

public sealed class MetricsCollectorTests : IAsyncLifetime
{
    private HostsHarness _house = null!;
    private SshServer _server = null!;

    public async Task InitializeAsync()
    {
        _house = await HostsHarness.StartAsync();
        _server = await SshServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_host_that_talks_rubbish_is_degraded_and_stays_connected()
    {
        await _house.AuthorizeAtAsync(_server, "command=\"head -c 300000 /dev/urandom\"");
        var host = await _house.AddHostAsync(_server);
        await _house.StatusAsync(host, HostStatus.Degraded);
        Assert.Equal("The collector ended on the host.", _house.Board.Live.Get(host)!.StatusReason);
        Assert.True(_house.Board.Live.Get(host)!.Reachable);
        Assert.True(_house.Connections.ShellCommand(host).Succeeded);
        Assert.Null(_house.Get<MetricsBoard>().Live.Get(host));
        Assert.Equal(1, _server.Logins);
    }

    [Fact]
    public async Task A_host_with_busybox_alone_gives_figures()
    {
        var programs = Directory.CreateTempSubdirectory("homelab-busybox-").FullName;
        try
        {
            foreach (var name in new[] { "sh", "grep", "df", "ip" })
            {
                File.CreateSymbolicLink(Path.Combine(programs, name), "/bin/busybox");
            }

            await _server.StopAsync();
            _server.Environment["PATH"] = programs;
            await _server.RestartAsync();
            await _house.AuthorizeAtAsync(_server);
            var host = await _house.AddHostAsync(_server);
            await _house.ReadingAsync(host);
            var latest = _house.Get<MetricsBoard>().Live.Get(host)!.Latest;
            Assert.NotNull(latest.CpuUsagePercent);
            Assert.NotNull(latest.Root);
            Assert.Contains(latest.Interfaces, i => i.Addresses.Count > 0);
        }
        finally
        {
            Directory.Delete(programs, recursive: true);
        }
    }

    [Fact]
    public async Task The_first_reading_is_full_and_has_rates()
    {
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.ReadingAsync(host);
        var first = _house.Get<MetricsBoard>().Live.Get(host)!;
        Assert.NotNull(first.Latest.CpuUsagePercent);
        Assert.NotNull(first.Latest.CpuModel);
    }

    [Fact]
    public async Task A_reading_can_be_had_at_once_but_not_from_a_host_that_is_away()
    {
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.ReadingAsync(host);
        Assert.Null(await _house.Get<MetricsCollector>().CollectAsync(host, CancellationToken.None));
        await _server.StopAsync();
        await _house.StatusAsync(host, HostStatus.Offline);
        Assert.Equal(_house.Board.Live.Get(host)!.StatusReason, await _house.Get<MetricsCollector>().CollectAsync(host, CancellationToken.None));
    }

    [Fact]
    public async Task What_a_host_is_built_of_is_read_and_outlives_a_restart()
    {
        using var programs = new HostPrograms();
        await _server.StopAsync();
        _server.Environment["PATH"] = $"{programs.Folder}:/usr/bin:/bin";
        await _server.RestartAsync();
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.ReadingAsync(host);
        await Until.TrueAsync(() => Inventory(host) is { ZfsPools.Count: 2 }, "the inventory is read");
        Assert.Null(await _house.Get<MetricsCollector>().CollectAsync(host, CancellationToken.None));
        Assert.Equal(3, Inventory(host)!.Updates!.Count);
        Assert.Equal("PLATTER 4T", Inventory(host)!.Devices[0].Model);
        Assert.Equal(1, _server.Logins);
        await _server.StopAsync();
        await _house.RestartAsync();
        Assert.Equal(3, Inventory(host)!.Updates!.Count);
        Assert.Equal("DEGRADED", Inventory(host)!.ZfsPools[0].Health);
    }

    [Fact]
    public async Task A_program_that_hangs_on_the_host_holds_up_no_figures()
    {
        using var programs = new HostPrograms();
        programs.Write("timeout", "sleep 60");
        await _server.StopAsync();
        _server.Environment["PATH"] = $"{programs.Folder}:/usr/bin:/bin";
        await _server.RestartAsync();
        await _house.AuthorizeAtAsync(_server);
        var host = await _house.AddHostAsync(_server);
        await _house.ReadingAsync(host);
        var first = _house.Get<MetricsBoard>().Live.Get(host)!.Latest.CollectedAt;
        await Until.TrueAsync(() => _house.Get<MetricsBoard>().Live.Get(host)!.Latest.CollectedAt > first + (HostsHarness.Interval * 3), "figures go on");
        Assert.Equal(HostStatus.Online, _house.Board.Live.Get(host)!.Status);
        Assert.Null(Inventory(host));
    }

    [Fact]
    public async Task A_host_that_somebody_looks_at_is_read_more_often()
    {
        await using var house = await HostsHarness.StartAsync(settings: new Dictionary<string, string?> { ["Homelab:Metrics:IntervalSeconds"] = "600", ["Homelab:Metrics:WatchedIntervalSeconds"] = "0.2" });
        await house.AuthorizeAtAsync(_server);
        var host = await house.AddHostAsync(_server);
        await house.ReadingAsync(host);
        var collector = house.Get<MetricsCollector>();
        using (collector.Watch(host))
        {
            collector.Watch(host).Dispose();
            await Until.TrueAsync(() => house.Get<MetricsBoard>().Live.Get(host)!.Recent.Count > 4, "it is read again and again");
        }

        // The one that waits already may still come.
        await Until.TrueAsync(() => TimeProvider.System.GetUtcNow().UtcDateTime - house.Get<MetricsBoard>().Live.Get(host)!.Latest.CollectedAt > TimeSpan.FromSeconds(1), "it is left alone again");
    }

    private HostInventory? Inventory(string host) => _house.Get<MetricsBoard>().Live.Get(host)?.Latest.Inventory;
}
