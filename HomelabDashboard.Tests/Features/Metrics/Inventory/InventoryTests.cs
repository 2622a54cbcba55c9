using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;

namespace HomelabDashboard.Tests.Features.Metrics.Inventory;

public sealed class InventoryTests
{
    private static readonly DateTime At = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Disks_are_read_with_what_stands_on_them()
    {
        var disks = BlockDevices.Read(Reports.Lines(Reports.Lsblk))!;
        Assert.Equal(["sda", "sdb", "sdc", "sdd", "nvme0n1"], disks.Select(d => d.Name));
        Assert.Equal((4000787030016L, true, "PLATTER 4T", "PL-0001", "sata"), (disks[0].SizeBytes, disks[0].Rotational, disks[0].Model, disks[0].Serial, disks[0].Transport));
        var root = disks[4].Children[1].Children[0];
        Assert.Equal(("main-root", "dm-0", "lvm", "ext4", "/"), (root.Name, root.KernelName, root.Type, root.Filesystem, root.Mount));

        var old = Assert.Single(BlockDevices.Read(Reports.Lines(Reports.LsblkOfOld))!);
        Assert.Equal((64023257088L, false, "/"), (old.SizeBytes, old.Rotational, old.Children[0].Mount));
    }

    [Fact]
    public void Disks_without_end_are_cut_off()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"name\":\"a\",\"children\":[", 12)) + string.Concat(Enumerable.Repeat("]}", 12));
        var wide = string.Join(',', Enumerable.Repeat("{\"name\":\"sda\",\"size\":1}", 5000));
        Assert.Equal(512, BlockDevices.Read([$"{{\"blockdevices\":[{wide}]}}"])!.Count);
        Assert.Single(BlockDevices.Read([$"{{\"blockdevices\":[{deep}]}}"])!);
        Assert.Null(BlockDevices.Read([string.Concat(Enumerable.Repeat("[", 100_000))]));
    }

    [Fact]
    public void LVM_tells_of_its_pools()
    {
        var lvm = LvmReport.Read(Reports.Lines(Reports.Pvs), Reports.Lines(Reports.Vgs), Reports.Lines(Reports.Lvs))!;
        Assert.Equal([(false, "main"), (true, "spare"), (false, null)], lvm.PhysicalVolumes.Select(p => (p.Missing, p.Group)));
        Assert.Equal([("main", 21474836480L, 0), ("spare", 473956352L, 1)], lvm.Groups.Select(g => (g.Name, g.FreeBytes!.Value, g.MissingDisks!.Value)));
        var pool = Assert.Single(lvm.Volumes, v => v.IsThinPool);
        Assert.Equal(("guests", 386547056640L, 91.27, 4.52), (pool.Name, pool.SizeBytes!.Value, pool.DataPercent!.Value, pool.MetadataPercent!.Value));
        var guests = lvm.Volumes.Where(v => v.Pool == "guests").ToList();
        Assert.Equal([(63.1, true), (null, false)], guests.Select(g => (g.DataPercent, g.Active!.Value)));
        Assert.Equal(("partial", 40d), (lvm.Volumes[^1].Health, lvm.Volumes[^1].SyncPercent!.Value));
        Assert.Null(lvm.Volumes[0].DataPercent);
    }

    [Fact]
    public void LVM_without_the_device_mapper_does_not_know_what_is_active()
    {
        var lvm = LvmReport.Read(Reports.Lines(Reports.Pvs), Reports.Lines(Reports.Vgs), Reports.Lines(Reports.LvsWithoutDeviceMapper))!;
        Assert.Equal([("data", null), ("root", (bool?)null)], lvm.Volumes.Select(v => (v.Name, v.Active)));
    }

    [Fact]
    public void ZFS_tells_what_is_wrong_with_a_pool()
    {
        var pools = ZpoolReport.Read(Reports.Lines(Reports.ZpoolList), Reports.Lines(Reports.ZpoolStatus));
        var tank = pools[0];
        Assert.Equal(("tank", 3985729650688L, 996432412672L, 17d, 75d, "DEGRADED"), (tank.Name, tank.SizeBytes!.Value, tank.FreeBytes!.Value, tank.FragmentationPercent!.Value, tank.CapacityPercent!.Value, tank.Health));
        Assert.Equal("scrub repaired 0B in 06:12:44 with 0 errors on Sun Nov 15 06:36:45 2026", tank.Scan);
        Assert.StartsWith("One or more devices could not be used because the label is missing or invalid.", tank.Status, StringComparison.Ordinal);
        Assert.Null(tank.Errors);
        Assert.Equal([("mirror-0", 1), ("/dev/sdc", 2), ("/dev/sdd", 2), ("logs", 0), ("/dev/nvme1n1p1", 1)], tank.Devices.Select(d => (d.Name, d.Depth)));
        Assert.Equal(("UNAVAIL", 3L, 7L), (tank.Devices[2].State, tank.Devices[2].ReadErrors!.Value, tank.Devices[2].ChecksumErrors!.Value));
        var scratch = pools[1];
        Assert.Equal((null, null, null), (scratch.AllocatedBytes, scratch.CapacityPercent, scratch.DedupRatio));
        Assert.StartsWith("List of errors unavailable", scratch.Errors, StringComparison.Ordinal);
        Assert.Equal(1536, Assert.Single(scratch.Devices).WriteErrors);
    }

    [Fact]
    public void Arrays_are_read_with_their_members_and_their_recovery()
    {
        var arrays = RaidReport.Read(Reports.Lines(Reports.Mdstat));
        Assert.Equal(["md1", "md0", "md127"], arrays.Select(a => a.Name));
        var (five, one, inactive) = (arrays[0], arrays[1], arrays[2]);
        Assert.Equal(("raid5", "active", 3906764800L * 1024, 3, 2), (five.Level, five.State, five.SizeBytes!.Value, five.Devices!.Value, five.Working!.Value));
        Assert.Equal(("recovery", 12.6, "150.2min"), (five.Action, five.ActionPercent!.Value, five.Remaining));
        Assert.True(five.Degraded);
        Assert.Equal([new("sdh1", false, false), new("sdg1", true, false), new("sdf1", false, false), new("sde1", false, true)], five.Members);
        Assert.Equal(("raid1", "clean", 2, 128L, false), (one.Level, one.State, one.Working!.Value, one.Mismatches!.Value, one.Degraded));
        Assert.Equal((null, "inactive", true, null), (inactive.Level, inactive.State, inactive.Failed, inactive.Working));
        Assert.Equal("vault", RaidReport.Label(Reports.Lines(Reports.MdadmExport)));
    }

    [Fact]
    public void Disks_of_every_kind_tell_of_their_health()
    {
        var ata = Smart(Reports.SmartAta);
        Assert.Equal((true, 33d, 29341L, 8L, 2L, 0L, true), (ata.Passed!.Value, ata.TemperatureCelsius!.Value, ata.PowerOnHours!.Value, ata.ReallocatedSectors!.Value, ata.PendingSectors!.Value, ata.UncorrectableSectors!.Value, ata.Worn));
        Assert.Null(ata.WearPercent);
        var nvme = Smart(Reports.SmartNvme);
        Assert.Equal((true, 38d, 7d, 0L, false), (nvme.Passed!.Value, nvme.TemperatureCelsius!.Value, nvme.WearPercent!.Value, nvme.MediaErrors!.Value, nvme.Worn));
        Assert.Null(nvme.PendingSectors);
        var ssd = Smart(Reports.SmartSsd);
        Assert.Equal((false, 96d), (ssd.Passed!.Value, ssd.WearPercent!.Value));
        var scsi = Smart(Reports.SmartScsi);
        Assert.Equal(("SPINDLE 8T", 3L, 1L), (scsi.Model, scsi.ReallocatedSectors!.Value, scsi.MediaErrors!.Value));
        Assert.Equal("/dev/vda: Unable to detect device type", Smart(Reports.SmartOfNoDisk).Problem);
    }

    [Fact]
    public void A_disk_that_sleeps_keeps_what_it_said_before()
    {
        var before = Smart(Reports.SmartAta);
        var asleep = SmartReport.Read("sda", Reports.Lines(Reports.SmartAsleep), At.AddHours(1), before)!;
        Assert.Equal((true, At, 33d), (asleep.Asleep, asleep.ReadAt, asleep.TemperatureCelsius!.Value));
        Assert.Equal((true, null, null), (Smart(Reports.SmartAsleep).Asleep, Smart(Reports.SmartAsleep).Passed, Smart(Reports.SmartAsleep).Problem));
    }

    [Fact]
    public void Updates_are_counted_and_a_cut_list_is_no_count()
    {
        var apt = UpdatesReport.Read("apt", Reports.Lines(Reports.Apt), 0, At)!;
        Assert.Equal((3, 2, At), (apt.Count, apt.Security!.Value, apt.ListsAt!.Value));
        Assert.Equal(["libexample3", "base-example", "linux-image-example"], apt.Packages);
        Assert.Null(UpdatesReport.Read("apt", Reports.Lines(Reports.Apt)[..2], 0, At));
        Assert.Null(UpdatesReport.Read("apt", Reports.Lines(Reports.Apt), 100, At));
        Assert.Equal(["busybox-example", "lib-example3"], UpdatesReport.Read("apk", Reports.Lines(Reports.Apk), 0, null)!.Packages);
        Assert.Equal(["example-libs", "kernel-example"], UpdatesReport.Read("dnf", Reports.Lines(Reports.Dnf), 100, null)!.Packages);
        Assert.Equal(0, UpdatesReport.Read("dnf", [], 0, null)!.Count);
        Assert.Null(UpdatesReport.Read("dnf", [], 1, null));
    }

    [Fact]
    public void An_inventory_survives_the_database_as_it_is()
    {
        string? seen = null;
        var inventory = InventoryFrames.Second(Reports.Second, At, InventoryFrames.First(Reports.First, At, null), ref seen);
        Assert.Equal("1795262036-1795262000-", seen);
        Assert.All(inventory.Sources.Values, s => Assert.Equal(SourceStatus.Read, s.Status));
        Assert.Equal("vault", inventory.RaidArrays.Single(a => a.Name == "md0").Label);
        Assert.Equal(["nvme0n1", "sda", "sdb", "sdc"], inventory.Disks.Select(d => d.Name));
        Assert.Equal("The disk did not answer in time.", inventory.Disks[3].Problem);
        var reading = new MetricReading(new MetricSample { CollectedAt = At, Inventory = inventory, Reboot = new(true, ["a"]), Temperatures = [new("a", null, 1, null)] }, new HostFacts(), new Dictionary<string, long>());
        var row = HostMetricRows.ToRow("a", reading);
        var again = HostMetricRows.ToSample(row, row);
        Assert.Equivalent(inventory, again.Inventory, strict: true);
        Assert.Equivalent(reading.Sample.Reboot, again.Reboot, strict: true);
        Assert.Equal(reading.Sample.Temperatures, again.Temperatures);
        var json = HostMetricRows.ToJson(row, row);
        Assert.Equal("DEGRADED", json["zfs_info"]![0]!["health"]!.GetValue<string>());
        Assert.Equal("read", json["storage_details"]!["sources"]!["smart"]!["status"]!.GetValue<string>());
    }

    [Fact]
    public void What_is_missing_says_why()
    {
        var first = InventoryFrames.First(
            Reports.Frame(1, ("who", "1000"), ("lsblk", ""), ("lsblk-end", "exit 127"), ("raid", ""), ("lvs-end", "exit root"), ("zpool-list", ""), ("zpool-list-end", "The ZFS modules are not loaded.\nTry running 'modprobe zfs' as root to load them.\nexit 1")), At, null);
        Assert.Equal((SourceStatus.Absent, SourceStatus.NeedsRoot, SourceStatus.Absent, SourceStatus.Absent), (first.Source("lsblk").Status, first.Source("lvm").Status, first.Source("zfs").Status, first.Source("raid").Status));
        Assert.Contains("not loaded", first.Source("zfs").Detail, StringComparison.Ordinal);
        Assert.Equal((null, 0), (first.Lvm, first.ZfsPools.Count));
        Assert.Equal("lvm: only root can read it.", first.Unread);

        string? seen = "1-2-";
        var second = InventoryFrames.Second(Reports.Frame(2, ("smart-end", "exit root"), ("updates", "apk 12-"), ("apk", ""), ("apk-end", "WARNING: opening from cache: No such file: APKINDEX.00.tar.gz\nexit 0")), At, first, ref seen);
        Assert.Equal((SourceStatus.NeedsRoot, SourceStatus.Failed, null, null), (second.Source("smart").Status, second.Source("updates").Status, second.Updates, seen));
        Assert.Contains("apk update", second.Source("updates").Detail, StringComparison.Ordinal);

        Assert.Equal(SourceStatus.TimedOut, InventoryFrames.Unfinished(second, At, new(SourceStatus.TimedOut), "zfs").Source("zfs").Status);
        Assert.Equal(SourceStatus.NotYet, first.Source("smart").Status);
    }

    [Fact]
    public void Updates_that_did_not_change_are_kept()
    {
        string? seen = null;
        var known = InventoryFrames.Second(Reports.Second, At, InventoryFrames.First(Reports.First, At, null), ref seen);
        var same = InventoryFrames.Second(Reports.Frame(2, ("smart-end", "exit 127"), ("updates", "apt " + seen)), At, known, ref seen);
        Assert.Same(known.Updates, same.Updates);
        Assert.Equal("1795262036-1795262000-", seen);
    }

    [Fact]
    public void What_a_host_sends_never_becomes_part_of_a_script()
    {
        string? seen = null;
        InventoryFrames.Second(Reports.Frame(2, ("smart-end", "exit 0"), ("updates", "apt 1';reboot;'"), ("apt", Reports.Apt), ("apt-end", "exit 0")), At, new HostInventory { ReadAt = At }, ref seen);
        Assert.Null(seen);
    }

    [Fact]
    public void Whatever_a_host_sends_nothing_throws_and_nothing_grows()
    {
        var frames = new[] { Reports.First, Reports.Second };
        string[] good = [.. frames.SelectMany(f => f.Sections.Values).SelectMany(l => l)];
        string[] names = [.. frames.SelectMany(f => f.Sections.Keys), "disk-../etc", "mdadm-md127"];
        var word = Gen.OneOf(ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""), Gen.Elements("-1", "99999999999999999999", "NaN", "1e999", "{", "[[[[", "\"\\ud800\"", "}", ",", "null", new string('9', 4000), "\t\t\t\t\t\t\t\t", ""));
        var mangled = Gen.Elements(good).Zip(word).Zip(Gen.Choose(0, 200)).Select(p =>
        {
            var ((line, junk), at) = p;
            return line[..Math.Min(at, line.Length)] + junk + line[Math.Min(at + 3, line.Length)..];
        });
        var cut = Gen.Elements(frames).SelectMany(f => Gen.Elements<string>([.. f.Sections.Keys])
            .SelectMany(name => Gen.Choose(0, f.Section(name).Count).SelectMany(n => mangled.Select(extra => (Name: name, Lines: (string[])[.. f.Section(name).Take(n), extra, .. f.Section(name).Skip(n + 1)])))));
        var junk = Gen.Elements(names).Zip(Gen.Choose(0, 10).SelectMany(n => Gen.OneOf(word, mangled, Gen.Elements(good)).ArrayOf(n))).Select(p => (Name: p.Item1, Lines: p.Item2));
        Prop.ForAll(Gen.OneOf(cut, junk).ArrayOf(6).ToArbitrary(), sections =>
        {
            var sent = new MetricFrame(1, sections.DistinctBy(s => s.Name).ToDictionary(s => s.Name, s => (IReadOnlyList<string>)s.Lines, StringComparer.Ordinal));
            string? seen = null;
            var inventory = InventoryFrames.Second(sent, At, InventoryFrames.First(sent, At, null), ref seen);
            Assert.Matches("^[0-9-]*$", seen ?? "");
            Assert.InRange(inventory.Disks.Count, 0, 32);
            Assert.All(inventory.ZfsPools, p => Assert.True(p.CapacityPercent is null or (>= 0 and <= 100)));
            var reading = new MetricReading(new MetricSample { CollectedAt = At, Inventory = inventory }, new HostFacts(), new Dictionary<string, long>());
            var row = HostMetricRows.ToRow("a", reading);
            Assert.NotNull(HostMetricRows.ToSample(row, row).Inventory);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static DiskHealth Smart(string report) => SmartReport.Read("sda", Reports.Lines(report), At, null)!;
}
