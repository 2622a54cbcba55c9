using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Makes inventories of the frames that the script sends, and of what was known before.</summary>
internal static partial class InventoryFrames
{
    public const string Lsblk = "lsblk";
    public const string Lvm = "lvm";
    public const string Zfs = "zfs";
    public const string Raid = "raid";
    public const string Smart = "smart";
    public const string Updates = "updates";

    /// <summary>The first frame: disks, LVM, ZFS and RAID.</summary>
    public static HostInventory First(MetricFrame frame, DateTime at, HostInventory? before)
    {
        var sources = new Dictionary<string, SourceState>(before?.Sources ?? new Dictionary<string, SourceState>(), StringComparer.Ordinal);
        var inventory = (before ?? new HostInventory { ReadAt = at }) with { ReadAt = at, Sources = sources };

        var devices = BlockDevices.Read(frame.Section("lsblk"));
        sources[Lsblk] = State(frame, "lsblk", devices is not null);
        inventory = inventory with { Devices = devices ?? [] };

        var lvm = frame.Has("lvs") ? LvmReport.Read(frame.Section("pvs"), frame.Section("vgs"), frame.Section("lvs")) : null;
        var state = State(frame, "lvs", lvm is not null);
        var known = inventory.Lvm is { Groups.Count: 0, PhysicalVolumes.Count: 0 };
        if (state.Status != SourceStatus.NeedsRoot || !known)
        {
            // Where root found none, it is not asked each time.
            sources[Lvm] = state;
            inventory = inventory with { Lvm = lvm };
        }

        state = State(frame, "zpool-list", frame.Section("zpool-list").Any(l => l.Contains('\t', StringComparison.Ordinal)));
        sources[Zfs] = state is { Status: SourceStatus.Failed, Detail: { } detail } && detail.Contains("modules are not loaded", StringComparison.Ordinal)
            ? SourceState.Absent with { Detail = "Its tools are installed, but its kernel module is not loaded." }
            : state;
        inventory = inventory with { ZfsPools = ZpoolReport.Read(frame.Section("zpool-list"), frame.Section("zpool-status")) };

        sources[Raid] = frame.Section("raid").Any(l => l.StartsWith("/proc/mdstat:", StringComparison.Ordinal)) ? SourceState.Read : SourceState.Absent;
        return inventory with { RaidArrays = [.. RaidReport.Read(frame.Section("raid")).Select(a => a with { Label = before?.RaidArrays.FirstOrDefault(b => b.Name == a.Name)?.Label })] };
    }

    /// <summary>The second frame: the disks' health, the arrays' names and the updates.</summary>
    /// <param name="seen">The stamp of the updates that are known.</param>
    public static HostInventory Second(MetricFrame frame, DateTime at, HostInventory before, ref string? seen)
    {
        var sources = new Dictionary<string, SourceState>(before.Sources, StringComparer.Ordinal);
        var inventory = before with { Sources = sources };
        sources[Smart] = State(frame, "smart");
        inventory = inventory with { Disks = [.. DisksOf(frame, at, before)] };
        inventory = inventory with
        {
            RaidArrays = [.. inventory.RaidArrays.Select(a => frame.Has("mdadm-" + a.Name) ? a with { Label = RaidReport.Label(frame.Section("mdadm-" + a.Name)) } : a)],
        };

        if (frame.Section("updates") is not [var kind, ..] || kind.Split(' ') is not [("apt" or "apk" or "dnf") and var tool, var stamp])
        {
            sources[Updates] = SourceState.Absent;
            return inventory with { Updates = null };
        }

        if (frame.Has(tool))
        {
            var updates = UpdatesReport.Read(tool, frame.Section(tool), Exit(frame, tool) ?? -1, ListsAt(stamp));
            var state = State(frame, tool, updates is not null);
            if (tool == "apk" && updates is { Count: 0 } && state.Detail?.Contains("APKINDEX", StringComparison.Ordinal) is true)
            {
                (updates, state) = (null, new(SourceStatus.Failed, "The host keeps no package index. Run apk update there."));
            }

            sources[Updates] = state;
            seen = updates is not null && Stamp().IsMatch(stamp) ? stamp : null;
            inventory = inventory with { Updates = updates };
        }

        return inventory;
    }

    /// <summary>The host did not finish: what was not read is said, what was known stays with its time.</summary>
    public static HostInventory Unfinished(HostInventory? before, DateTime at, SourceState state, params ReadOnlySpan<string> names)
    {
        var sources = new Dictionary<string, SourceState>(before?.Sources ?? new Dictionary<string, SourceState>(), StringComparer.Ordinal);
        foreach (var name in names)
        {
            sources[name] = state;
        }

        return (before ?? new HostInventory { ReadAt = at }) with { Sources = sources };
    }

    private static IEnumerable<DiskHealth> DisksOf(MetricFrame frame, DateTime at, HostInventory before)
    {
        foreach (var section in frame.Sections.Keys.Where(k => DiskSection().IsMatch(k)).Order(StringComparer.Ordinal).Take(32))
        {
            var name = section["disk-".Length..];
            if (SmartReport.Read(name, frame.Section(section), at, before.Disks.FirstOrDefault(d => d.Name == name)) is { } health)
            {
                yield return health;
            }
            else
            {
                var state = State(frame, section, false);
                yield return SmartReport.Unread(name, at, problem: state.Status == SourceStatus.TimedOut ? "The disk did not answer in time." : state.Detail ?? "smartctl gave nothing that could be read.");
            }
        }
    }

    /// <param name="read">Whether what it printed could be read; then it counts, however it ended.</param>
    private static SourceState State(MetricFrame frame, string section, bool read = false)
    {
        var end = frame.Section(section + "-end");
        var said = ProcFigures.Clean(string.Join(' ', end.Take(Math.Max(end.Count - 1, 0)).Select(l => l.Trim())), 300);
        if (end.Count == 0)
        {
            return SourceState.NotYet;
        }

        return end[^1] switch
        {
            "exit 127" => SourceState.Absent,
            "exit root" => new(SourceStatus.NeedsRoot),
            "exit 124" or "exit 137" or "exit 143" => new(SourceStatus.TimedOut),
            "exit 126" => new(SourceStatus.Failed, "There is no timeout program on the host, without which nothing is started there."),
            _ when read => SourceState.Read with { Detail = said },
            "exit 0" => section is "smart" or "zpool-list" ? SourceState.Read : new(SourceStatus.Failed, said ?? "It gave nothing that could be read."),
            _ => new(SourceStatus.Failed, said ?? "It failed and did not say why."),
        };
    }

    private static long? Exit(MetricFrame frame, string section) =>
        frame.Section(section + "-end") is [.., var line] && line.StartsWith("exit ", StringComparison.Ordinal) ? ProcFigures.Whole(line[5..]) : null;

    private static DateTime? ListsAt(string stamp) =>
        ProcFigures.Whole(stamp.Split('-')[0]) is { } seconds and > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime : null;

    [GeneratedRegex(@"\Adisk-[a-z0-9]{1,32}\z", RegexOptions.NonBacktracking)]
    private static partial Regex DiskSection();

    [GeneratedRegex(@"\A[0-9-]{1,200}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Stamp();
}
