using System.Diagnostics;
using System.Globalization;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Tests.Features.Hosts;

/// <summary>What goes wrong in a lab, and what it must not do to the rest. Alone, because it is about time.</summary>
[Collection(nameof(HostFaultCollection))]
public sealed class HostFaultTests
{
    [Fact]
    public async Task A_host_that_is_cut_off_in_the_middle_of_its_figures_leaves_no_half_of_them()
    {
        using var programs = new TempFolder();
        var cut = Path.Combine(programs.Path, "cut");
        programs.WriteProgram("df", $"[ -e {cut} ] || exec /bin/df \"$@\"\n/bin/df \"$@\" | head -n 2 | head -c 90\ntouch {cut}.now\nexec sleep 60");
        await using var house = await HostsHarness.StartAsync();
        await using var server = await SshServer.StartAsync();
        await server.StopAsync();
        server.Environment["PATH"] = $"{programs.Path}:/usr/bin:/bin";
        await server.RestartAsync();
        await house.AuthorizeAtAsync(server);
        var host = await house.AddHostAsync(server);
        await house.ReadingAsync(host);

        await File.WriteAllTextAsync(cut, "");
        await Until.TrueAsync(() => File.Exists(cut + ".now"), "the host is in the middle of its figures");
        var last = Reading(house, host).Latest;
        await server.StopAsync();
        await house.StatusAsync(host, HostStatus.Offline);
        Assert.Same(last, Reading(house, host).Latest);

        File.Delete(cut);
        await server.RestartAsync();
        await house.StatusAsync(host, HostStatus.Online);
        await Until.TrueAsync(() => Reading(house, host).Latest.CollectedAt > last.CollectedAt, "figures come again");
        Assert.Equal(last.Filesystems.Select(f => f.Mount), Reading(house, host).Latest.Filesystems.Select(f => f.Mount));
        await house.Get<MetricsIngest>().FlushAsync(CancellationToken.None);
        await using var db = await house.Database();
        Assert.All(await db.Set<HostMetric>().AsNoTracking().ToListAsync(), row =>
        {
            Assert.NotNull(row.DiskRootUsagePercent);
            Assert.NotNull(row.MemoryUsagePercent);
        });
    }

    [Fact]
    public async Task A_clock_that_is_set_back_an_hour_stops_nothing_and_nothing_is_shown_from_a_time_to_come()
    {
        var clock = new ShiftedClock();
        await using var house = await HostsHarness.StartAsync(time: clock, settings: new Dictionary<string, string?> { ["Homelab:Metrics:FullIntervalSeconds"] = "1" });
        await using var server = await SshServer.StartAsync();
        await house.AuthorizeAtAsync(server);
        var host = await house.AddHostAsync(server);
        await Until.TrueAsync(() => house.Get<MetricsBoard>().Live.Get(host)?.Recent.Count > 3, "figures come");

        clock.Shift = TimeSpan.FromHours(-1);
        var after = clock.GetUtcNow().UtcDateTime;
        await Until.TrueAsync(() => Reading(house, host).Recent.Count(p => p.At >= after) > 3 && Reading(house, host).Latest.CollectedAt < after.AddMinutes(5), "figures go on");
        var reading = Reading(house, host);
        Assert.Equal(reading.Recent.OrderBy(p => p.At).Select(p => p.At), reading.Recent.Select(p => p.At));
        Assert.InRange(reading.Latest.CpuUsagePercent!.Value, 0, 100);
        Assert.Equal(HostStatus.Online, house.Board.Live.Get(host)!.Status);
        Assert.True(house.Board.Live.Get(host)!.LastSeen <= clock.GetUtcNow().UtcDateTime);
        Assert.Equal(1, server.Logins);

        // What was read before is there, and after a restart it is not taken for the newest.
        await server.StopAsync();
        await house.RestartAsync();
        Assert.True(Reading(house, host).Latest.CollectedAt <= clock.GetUtcNow().UtcDateTime);
        await using var db = await house.Database();
        Assert.True(await db.Set<HostMetric>().CountAsync(m => m.CollectedAt > after.AddMinutes(30)) > 3);
    }

    [Fact]
    public async Task Hosts_that_are_slow_silent_talk_rubbish_or_never_end_delay_no_other()
    {
        using var programs = new TempFolder();
        programs.WriteProgram("df", "sleep 1\nexec /bin/df \"$@\"");
        await using var house = await HostsHarness.StartAsync();
        await using var good = await SshServer.StartAsync();
        await using var slow = await SshServer.StartAsync();
        await using var silent = await SshServer.StartAsync();
        await using var rubbish = await SshServer.StartAsync();
        await using var endless = await SshServer.StartAsync();
        await slow.StopAsync();
        slow.Environment["PATH"] = $"{programs.Path}:/usr/bin:/bin";
        await slow.RestartAsync();
        await house.AuthorizeAtAsync(good);
        await house.AuthorizeAtAsync(slow);
        await house.AuthorizeAtAsync(silent, "command=\"sleep 1000\"");
        await house.AuthorizeAtAsync(rubbish, "command=\"cat /dev/urandom\"");
        await house.AuthorizeAtAsync(endless, "command=\"yes\"");
        var goodHost = await house.AddHostAsync(good);
        await house.ReadingAsync(goodHost);
        var slowHost = await house.AddHostAsync(slow);
        string[] others = [await house.AddHostAsync(silent), await house.AddHostAsync(rubbish), await house.AddHostAsync(endless)];

        await Until.TrueAsync(() => others.Skip(1).All(h => house.Board.Live.Get(h)!.Status == HostStatus.Degraded), "what never ends is left off", TimeSpan.FromSeconds(40));
        Assert.All(others.Skip(1), h => Assert.Equal("The host sends more than can be taken, and nothing that was asked for.", house.Board.Live.Get(h)!.StatusReason));
        await Until.TrueAsync(() => house.Get<MetricsBoard>().Live.Get(slowHost) is not null, "the slow one is waited for");
        Assert.All(others, h => Assert.Null(house.Get<MetricsBoard>().Live.Get(h)));

        // Every wait for one of them is much longer than this.
        var times = Reading(house, goodHost).Recent.Select(p => p.At).ToList();
        Assert.True(times.Count > 5);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, TimeSpan.Zero, TimeSpan.FromSeconds(1.5)));
    }

    [Fact]
    public async Task A_hundred_hosts_that_come_back_at_once_are_let_in_a_few_at_a_time_and_once_each()
    {
        const int Hosts = 100;
        await using var house = await HostsHarness.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Homelab:Hosts:KeepAliveSeconds"] = "15",
        });
        await using var server = await SshServer.StartAsync("0.0.0.0");
        await house.AuthorizeAtAsync(server, "command=\"exec sleep 1000\"");
        var hosts = await house.AddHostsAsync(server, [.. Enumerable.Range(0, Hosts).Select(i => string.Create(CultureInfo.InvariantCulture, $"127.0.1.{i + 1}"))]);
        var begun = Stopwatch.StartNew();
        await Until.TrueAsync(
            () =>
            {
                // A turn ends with the login, or after a while without one: so many at most are on their way.
                var onTheirWay = SshProcesses(house.Folder.Root) - house.Connections.Live.Snapshot().Count;
                Assert.InRange(onTheirWay, int.MinValue, HostMonitor.LoginsAtOnce * (2 + (begun.Elapsed / HostMonitor.LongestTurn)));
                return hosts.All(h => house.Board.Live.Get(h)!.Status == HostStatus.Online);
            },
            "all are back",
            TimeSpan.FromSeconds(60));
        Assert.Equal(Hosts, server.Logins);
    }

    private static HostReading Reading(HostsHarness house, string host) => house.Get<MetricsBoard>().Live.Get(host)!;

    /// <summary>How many of this process's children are ssh of one house.</summary>
    private static int SshProcesses(string folder)
    {
        var children = Directory.GetDirectories("/proc/self/task").SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return children.Count(pid => Read($"/proc/{pid}/cmdline").Contains(folder, StringComparison.Ordinal));

        static string Read(string file)
        {
            try
            {
                return File.ReadAllText(file);
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }

    private sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("homelab-fault-").FullName;

        public void WriteProgram(string name, string script)
        {
            var file = System.IO.Path.Combine(Path, name);
            File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

[CollectionDefinition(nameof(HostFaultCollection), DisableParallelization = true)]
public sealed class HostFaultCollection;
