using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Metrics;

namespace HomelabDashboard.Tests.Features.Metrics;

public sealed class HostFiguresTests
{
    private static readonly DateTime At = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private readonly HostFigures _figures = new();

    [Fact]
    public void Figures_are_what_the_host_says()
    {
        _figures.Read(Full(uptime: 100, busy: 100, idle: 900, received: 1000, read: 10), At, 5);
        var sample = _figures.Read(Fast(uptime: 110, busy: 150, idle: 950, received: 21000, read: 30), At.AddHours(5), 5).Sample;
        Assert.Equal(50, sample.CpuUsagePercent);
        Assert.Equal(2000, sample.NetworkReceiveRate);
        Assert.Equal(1024, sample.DiskReadRate);
        Assert.Equal((1000, 250, 750, 25d), (sample.MemoryTotalMb!.Value, sample.MemoryUsedMb!.Value, sample.MemoryFreeMb!.Value, sample.MemoryUsagePercent!.Value));
        Assert.Equal((0, 0, null), (sample.SwapTotalMb, sample.SwapUsedMb, sample.SwapUsagePercent));
        Assert.Equal((0.5, 0.25, 0.1), (sample.CpuLoad1m, sample.CpuLoad5m, sample.CpuLoad15m));
        Assert.Equal(45.5, sample.CpuTemperature);
        Assert.Equal(["/", "/data with blanks"], sample.Filesystems.Select(f => f.Mount));
        Assert.Equal(("ext4", 100d, 40d, 44.44), (sample.Root!.Type, sample.Root.TotalGb, sample.Root.UsedGb, sample.Root.UsagePercent));
        Assert.Equal(("Debian GNU/Linux", "12 (bookworm)", "nas", "6.1.0"), (sample.OsName, sample.OsVersion, sample.Hostname, sample.KernelVersion));
        Assert.Equal((4, 2, 1, 2), (sample.CpuCount, sample.CpuCores, sample.CpuSockets, sample.CpuThreadsPerCore));
        Assert.Equal((2000, 3000), (sample.CpuMhz, sample.CpuMaxMhz));
        Assert.Equal([("eth0", false), ("lo", true), ("vethabc", true)], sample.Interfaces.Select(i => (i.Name, i.IsVirtual)));
        var network = sample.Interfaces[0];
        Assert.Equal(("eth0", true, 2000d), (network.Name, network.Up, network.ReceiveRate));
        Assert.Equal(("02:00:00:00:00:02", 1000, true, 1500), (network.Mac, network.SpeedMbit, network.FullDuplex, network.Mtu));
        Assert.Equal((3L, 5L, 4L, 6L), (network.ReceiveErrors, network.TransmitErrors, network.ReceiveDropped, network.TransmitDropped));
        Assert.Null(sample.Interfaces[1].Mac);
        Assert.Equal(["192.0.2.2", "2001:db8::2"], network.Addresses);
        Assert.Equal(110, sample.UptimeSeconds);
    }

    [Fact]
    public void The_first_reading_has_no_rates_and_a_reboot_gives_none_below_zero()
    {
        var first = _figures.Read(Full(uptime: 1000, busy: 500, idle: 500, received: 5000, read: 50), At, 5).Sample;
        Assert.Equal((null, null, null), (first.CpuUsagePercent, first.NetworkReceiveRate, first.DiskReadRate));
        var rebooted = _figures.Read(Fast(uptime: 10, busy: 5, idle: 5, received: 50, read: 1), At.AddSeconds(15), 5).Sample;
        Assert.Equal((null, null, null), (rebooted.CpuUsagePercent, rebooted.NetworkReceiveRate, rebooted.DiskReadRate));
        var wrapped = _figures.Read(Fast(uptime: 20, busy: 10, idle: 10, received: 40, read: 2), At.AddSeconds(30), 5).Sample;
        Assert.Equal((50, null, 51), (wrapped.CpuUsagePercent, wrapped.NetworkReceiveRate, wrapped.DiskReadRate));
    }

    [Fact]
    public void Sensors_are_read_by_name_with_their_limits()
    {
        var sample = _figures.Read(Frame(("facts", [
            "/sys/class/hwmon/hwmon0/name:coretemp", "/sys/class/hwmon/hwmon0/temp1_input:45500", "/sys/class/hwmon/hwmon0/temp1_label:Package id 0", "/sys/class/hwmon/hwmon0/temp1_crit:100000",
            "/sys/class/hwmon/hwmon1/name:nvme", "/sys/class/hwmon/hwmon1/temp1_input:-273150", "/sys/class/thermal/thermal_zone0/type:soc", "/sys/class/thermal/thermal_zone0/temp:51234"])), At, 1).Sample;
        Assert.Equal([new("coretemp", "Package id 0", 45.5, 100), new("soc", null, 51.2, null)], sample.Temperatures);
    }

    [Theory]
    [InlineData("6.1.0-21-amd64", "6.1.0-21-amd64", false)]
    [InlineData("6.1.0-21-amd64", "6.1.0-9-amd64 6.1.0-21-amd64 6.1.0-37-cloud-amd64", false)]
    [InlineData("6.1.0-9-amd64", "6.1.0-9-amd64 6.1.0-21-amd64", true)]
    [InlineData("6.1.0-9-amd64", "6.1.0-21-amd64", true)]
    [InlineData("5.14.0-427.13.1.el9_4.x86_64", "5.14.0-427.13.1.el9_4.x86_64 5.14.0-503.11.1.el9_5.x86_64", true)]
    [InlineData("6.18.0-host", "6.1.0-21-amd64", null)]
    [InlineData("6.1.0-21-amd64", "", null)]
    public void A_newer_kernel_of_the_same_kind_waits_for_a_reboot(string running, string installed, bool? needed)
    {
        var sample = _figures.Read(Frame(("facts", [$"/proc/sys/kernel/osrelease:{running}"]), ("kernels", installed.Split(' ', StringSplitOptions.RemoveEmptyEntries))), At, 1).Sample;
        Assert.Equal(needed, sample.Reboot?.Needed);
    }

    [Fact]
    public void A_reboot_that_the_host_asks_for_names_its_packages()
    {
        var sample = _figures.Read(Frame(("facts", ["/run/reboot-required.pkgs:linux-base", "/run/reboot-required.pkgs:libc6"]), ("reboot", [])), At, 1).Sample;
        Assert.True(sample.Reboot!.Needed);
        Assert.Equal(["linux-base", "libc6"], sample.Reboot.Reasons);
    }

    [Fact]
    public void ARM_tells_of_its_cores_and_its_board_elsewhere()
    {
        var sample = _figures.Read(Frame(
            ("facts", [.. Enumerable.Range(0, 4).SelectMany(i => new[] { $"/sys/devices/system/cpu/cpu{i}/topology/core_id:{i}", $"/sys/devices/system/cpu/cpu{i}/topology/physical_package_id:0" })]),
            ("cpuinfo", [.. Enumerable.Range(0, 4).Select(i => $"processor\t: {i}")]),
            ("board", ["Board 4 Model B"])), At, 1).Sample;
        Assert.Equal((4, 4, 1, "Board 4 Model B"), (sample.CpuCount, sample.CpuCores, sample.CpuSockets, sample.CpuModel));
    }

    [Fact]
    public void An_old_kernel_without_available_memory_is_reckoned()
    {
        var frame = Frame(("files", ["/proc/meminfo:MemTotal: 2048 kB", "/proc/meminfo:MemFree: 512 kB", "/proc/meminfo:Buffers: 256 kB", "/proc/meminfo:Cached: 256 kB"]));
        Assert.Equal(50, _figures.Read(frame, At, 1).Sample.MemoryUsagePercent);
    }

    [Fact]
    public void A_frame_of_nothing_is_unknown_and_not_zero()
    {
        var sample = _figures.Read(Frame(), At, 1).Sample;
        Assert.Equal((null, null, null, null, null), (sample.CpuUsagePercent, sample.MemoryTotalMb, sample.SwapTotalMb, sample.UptimeSeconds, sample.CpuLoad1m));
        Assert.Empty(sample.Filesystems);
    }

    [Fact]
    public void Whatever_the_host_sends_nothing_throws()
    {
        string[] sections = ["files", "facts", "look", "df", "cpuinfo", "addresses", "kernels", "board", "reboot"];
        string[] good = [.. Full(1, 2, 3, 4, 5).Sections.Values.SelectMany(l => l)];
        var word = Gen.OneOf(ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""), Gen.Elements("-1", "99999999999999999999", "NaN", "1e308", ":", "/", "", "0"));
        var mangled = Gen.Elements(good).Zip(word).Zip(Gen.Choose(0, 40)).Select(p => p.Item1.Item1[..Math.Min(p.Item2, p.Item1.Item1.Length)] + p.Item1.Item2 + p.Item1.Item1[Math.Min(p.Item2 + 3, p.Item1.Item1.Length)..]);
        var line = Gen.OneOf(word, mangled, Gen.Elements(good));
        var frame = Gen.Elements(sections).Zip(Gen.Choose(0, 12).SelectMany(n => line.ArrayOf(n))).ArrayOf(6)
            .Select(s => Frame([.. s.DistinctBy(x => x.Item1).Select(x => (x.Item1, x.Item2))]));
        Prop.ForAll(frame.ToArbitrary(), f =>
        {
            var reading = _figures.Read(f, At, 1);
            var row = HostMetricRows.ToRow("a", reading);
            _ = HostMetricRows.ToJson(row, row);
            Assert.True(reading.Sample.CpuUsagePercent is null or (>= 0 and <= 100));
            Assert.True(reading.Sample.NetworkReceiveRate is null or >= 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static MetricFrame Frame(params (string Name, string[] Lines)[] sections) =>
        new(1, sections.ToDictionary(s => s.Name, s => (IReadOnlyList<string>)s.Lines, StringComparer.Ordinal));

    private static MetricFrame Fast(int uptime, int busy, int idle, int received, int read) => Frame(Files(uptime, busy, idle, received, read), Df());

    private static MetricFrame Full(int uptime, int busy, int idle, int received, int read) => Frame(
        Files(uptime, busy, idle, received, read),
        Df(),
        ("look", ["mount ext4 /", "mount xfs /data with blanks", "nic eth0", "disk sda"]),
        ("facts", [
            "/etc/os-release:NAME=\"Debian GNU/Linux\"", "/etc/os-release:VERSION=\"12 (bookworm)\"", "/proc/sys/kernel/osrelease:6.1.0", "/proc/sys/kernel/hostname:nas",
            "/sys/class/net/eth0/operstate:up", "/sys/class/net/eth0/address:02:00:00:00:00:02", "/sys/class/net/eth0/speed:1000", "/sys/class/net/eth0/duplex:full",
            "/sys/class/net/eth0/mtu:1500", "/sys/class/net/lo/address:00:00:00:00:00:00", "/sys/block/sda/size:1000", "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq:3000000"]),
        ("cpuinfo", [.. Enumerable.Range(0, 4).SelectMany(i => new[] { $"processor\t: {i}", "model name\t: Some CPU", "physical id\t: 0", $"core id\t\t: {i / 2}", "cpu MHz\t\t: 2000.0" })]),
        ("addresses", ["2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0", "2: eth0    inet6 2001:db8::2/64 scope global"]));

    private static (string, string[]) Files(int uptime, int busy, int idle, int received, int read) => ("files", [
        $"/proc/stat:cpu  {busy} 0 0 {idle} 0 0 0 0 0 0", "/proc/loadavg:0.50 0.25 0.10 1/100 12345", $"/proc/uptime:{uptime}.00 50.00",
        "/proc/meminfo:MemTotal:  1024000 kB", "/proc/meminfo:MemAvailable: 768000 kB", "/proc/meminfo:SwapTotal: 0 kB", "/proc/meminfo:SwapFree: 0 kB",
        "/proc/net/dev:    lo: 999999    1    0    0    0     0          0         0  999999    1    0    0    0     0       0          0",
        $"/proc/net/dev:  eth0:{received}    1    3    4    0     0          0         0  500    1    5    6    0     0       0          0",
        "/proc/net/dev:vethabc: 77    1    0    0    0     0          0         0  77    1    0    0    0     0       0          0",
        $"/proc/diskstats:   8       0 sda 1 0 {read * 512 / 512} 0 1 0 20 0 0 0 0", $"/proc/diskstats:   8       1 sda1 1 0 {read} 0 1 0 20 0 0 0 0",
        "/sys/class/hwmon/hwmon0/temp1_input:45500", "/sys/class/hwmon/hwmon0/temp2_input:40000"]);

    private static (string, string[]) Df() => ("df", [
        "Filesystem     1024-blocks     Used Available Capacity Mounted on",
        "/dev/sdb 1048576 0 1048576 0% /data with blanks",
        "/dev/sda1 104857600 41943040 52428800 45% /",
        "/dev/sda1 104857600 41943040 52428800 45% /bound",
        "rubbish 1 2"]);
}
