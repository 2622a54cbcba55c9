using HomelabDashboard.Components.Pages.Hosts;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;

namespace HomelabDashboard.Tests.Components;

public sealed class HostProblemsTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 10, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_healthy_host_needs_nobody() => Assert.Empty(HostProblems.Of(Host(HostStatus.Online), Reading(cpu: 50, disk: 89.9)));

    [Theory]
    [InlineData(HostStatus.Offline, true, "Offline")]
    [InlineData(HostStatus.KeyChanged, true, "Key changed")]
    [InlineData(HostStatus.Degraded, true, "Degraded")]
    [InlineData(HostStatus.Unknown, false, "Key to approve")]
    public void What_keeps_a_host_from_working_is_a_problem(HostStatus status, bool approved, string word) =>
        Assert.Equal(word, Assert.Single(HostProblems.Of(Host(status, approved), null)).Look.Word);

    [Theory]
    [InlineData(HostStatus.Disabled, true)]
    [InlineData(HostStatus.Unknown, true)]
    public void What_is_wanted_or_about_to_be_known_is_none(HostStatus status, bool approved) =>
        Assert.Empty(HostProblems.Of(Host(status, approved), null));

    [Fact]
    public void A_full_disk_is_named()
    {
        var problem = Assert.Single(HostProblems.Of(Host(HostStatus.Online), Reading(cpu: 5, disk: 91)));

        Assert.Equal("/var is 91% full", problem.What);
        Assert.Equal(new(StatusShape.Warn, "Disk filling"), HostProblems.Look(Host(HostStatus.Online), [problem]));
    }

    [Fact]
    public void Storage_that_is_about_to_lose_data_is_named_the_worst_first()
    {
        var reading = Reading(cpu: 5, disk: 5);
        var inventory = new HostInventory
        {
            ReadAt = Now,
            Disks =
            [
                new("sda", Now, "WELL-1", null, Passed: true, 30, 100, 0, 0, 0, 0, null, null, false, null),
                new("sdb", Now, "ILL-2", null, Passed: false, 30, 100, 900, 8, 0, 0, null, null, false, null),
            ],
            ZfsPools = [new("tank", 1, 1, 1, 1, 50, 1, "DEGRADED", null, null, "One disk is gone.", []), new("fast", 1, 1, 1, 1, 50, 1, "ONLINE", null, null, null, [])],
            RaidArrays = [new("md0", "home", "raid1", "active", 1, 2, 1, [], null, null, null, null)],
            Lvm = new([], [], [new("pool", "vg", 1, "thin,pool", null, null, 50, 95, null, null, true)]),
        };

        var problems = HostProblems.Of(Host(HostStatus.Online), reading with { Latest = reading.Latest with { Inventory = inventory } });

        Assert.Equal(["disk sdb is failing", "RAID array home: degraded", "thin pool pool is 95% full", "ZFS pool tank: degraded"], problems.Select(p => p.What));
        Assert.Equal(["ILL-2", "1 of 2 disks work", "all writes to it stop once it is full", "One disk is gone."], problems.Select(p => p.Detail));
        Assert.All(problems, p => Assert.EndsWith("/storage", p.Href, StringComparison.Ordinal));
    }

    [Fact]
    public void A_busy_processor_is_a_problem_only_when_it_lasts()
    {
        Assert.Empty(HostProblems.Of(Host(HostStatus.Online), Reading(cpu: 99, disk: 5, minutes: 1)));
        Assert.Equal("CPU busy", Assert.Single(HostProblems.Of(Host(HostStatus.Online), Reading(cpu: 99, disk: 5, minutes: 10))).Look.Word);
    }

    [Fact]
    public void Old_figures_do_not_pass_for_present_ones()
    {
        var view = new HostView(Host(HostStatus.Offline), Reading(cpu: 99, disk: 99));

        Assert.True(view.Stale);
        Assert.Null(view.Cpu);
        Assert.Null(view.Disk);
        Assert.Equal("Offline", Assert.Single(view.Problems).Look.Word);
    }

    private static HostSummary Host(HostStatus status, bool approved = true) =>
        new("k3f9w2m7q1xz", "nas", "10.0.0.7", 22, "root", null, null, false, null, null, null, status, null, true, approved, Now, Now, Now, null);

    private static HostReading Reading(double cpu, double disk, int minutes = 10)
    {
        var points = Enumerable.Range(0, (minutes * 4) + 1)
            .Select(i => new MetricPoint(Now.AddMinutes(-minutes).AddSeconds(15 * i), cpu, 50, disk, null, null, null, null, null, null))
            .ToList();
        return new(
            new()
            {
                CollectedAt = Now,
                CpuUsagePercent = cpu,
                MemoryUsagePercent = 50,
                Filesystems = [new("/", "/dev/sda1", "ext4", 60, 20, 33), new("/var", "/dev/sda2", "ext4", 400, 400 * disk / 100, disk)],
            },
            points);
    }
}
