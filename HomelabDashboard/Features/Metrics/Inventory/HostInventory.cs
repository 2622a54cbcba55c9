namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>What a host is built of, and what waits there to be done. Read every few minutes; the health of disks and the updates every hour.</summary>
public sealed record HostInventory
{
    /// <summary>UTC.</summary>
    public required DateTime ReadAt { get; init; }

    /// <summary>How each source was read, by name: <c>lsblk</c>, <c>lvm</c>, <c>zfs</c>, <c>raid</c>, <c>smart</c>, <c>updates</c>.</summary>
    public IReadOnlyDictionary<string, SourceState> Sources { get; init; } = new Dictionary<string, SourceState>();

    /// <summary>Whole disks, and what stands on each.</summary>
    public IReadOnlyList<BlockDevice> Devices { get; init; } = [];

    public LvmState? Lvm { get; init; }

    public IReadOnlyList<ZfsPool> ZfsPools { get; init; } = [];

    public IReadOnlyList<RaidArray> RaidArrays { get; init; } = [];

    public IReadOnlyList<DiskHealth> Disks { get; init; } = [];

    /// <summary>Null where they are unknown.</summary>
    public PackageUpdates? Updates { get; init; }

    /// <summary>What could not be read, in words; null when all was.</summary>
    public string? Unread => string.Join(' ', Sources.Where(s => s.Value.Status is SourceStatus.NeedsRoot or SourceStatus.TimedOut or SourceStatus.Failed).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value.Status switch
    {
        SourceStatus.NeedsRoot => $"{s.Key}: only root can read it.",
        SourceStatus.TimedOut => $"{s.Key}: it took too long.",
        _ => $"{s.Key}: {s.Value.Detail}",
    })) is { Length: > 0 } words ? words : null;

    public SourceState Source(string name) => Sources.GetValueOrDefault(name, SourceState.NotYet);
}

/// <param name="Detail">What the program said, for a person; null where there is nothing to say.</param>
public sealed record SourceState(SourceStatus Status, string? Detail = null)
{
    public static readonly SourceState Read = new(SourceStatus.Read);
    public static readonly SourceState Absent = new(SourceStatus.Absent);
    public static readonly SourceState NotYet = new(SourceStatus.NotYet);
}

public enum SourceStatus
{
    /// <summary>It was not asked yet.</summary>
    NotYet,

    Read,

    /// <summary>There is no such program on the host.</summary>
    Absent,

    /// <summary>Only root can read it.</summary>
    NeedsRoot,

    TimedOut,

    Failed,
}

/// <summary>A disk, a partition or what is made of them, as the kernel sees it.</summary>
/// <param name="Name">As a person knows it, such as <c>tank-data</c>.</param>
/// <param name="KernelName">Such as <c>dm-0</c>.</param>
/// <param name="Type"><c>disk</c>, <c>part</c>, <c>lvm</c>, <c>crypt</c>, <c>raid1</c>, …</param>
/// <param name="Rotational">Null where the host does not tell.</param>
/// <param name="Transport"><c>sata</c>, <c>nvme</c>, <c>usb</c>, …</param>
public sealed record BlockDevice(
    string Name, string KernelName, string Type, long? SizeBytes, bool? Rotational, string? Model, string? Serial, string? Transport,
    string? Filesystem, string? Label, string? Mount, IReadOnlyList<BlockDevice> Children);

public sealed record LvmState(IReadOnlyList<PhysicalVolume> PhysicalVolumes, IReadOnlyList<VolumeGroup> Groups, IReadOnlyList<LogicalVolume> Volumes);

/// <param name="Group">Null while it belongs to none.</param>
public sealed record PhysicalVolume(string Name, string? Group, long? SizeBytes, long? FreeBytes, bool Missing);

/// <param name="MissingDisks">How many of its physical volumes are not there.</param>
public sealed record VolumeGroup(string Name, long? SizeBytes, long? FreeBytes, int? MissingDisks);

/// <param name="Layout">LVM's own words, such as <c>linear</c> or <c>thin,pool</c>.</param>
/// <param name="Pool">The thin pool it takes its space from.</param>
/// <param name="DataPercent">Of a thin pool, thin volume, snapshot or cache: how full; null where LVM does not tell.</param>
/// <param name="SyncPercent">Of a mirror or RAID.</param>
/// <param name="Health">LVM's own word for what is wrong, such as <c>partial</c>; null when nothing is.</param>
public sealed record LogicalVolume(
    string Name, string Group, long? SizeBytes, string Layout, string? Pool, string? Origin, double? DataPercent, double? MetadataPercent,
    double? SyncPercent, string? Health, bool? Active)
{
    public bool IsThinPool => Layout.Contains("pool", StringComparison.Ordinal) && Layout.Contains("thin", StringComparison.Ordinal);
}

/// <param name="Health">ZFS's own word, such as <c>ONLINE</c> or <c>DEGRADED</c>.</param>
/// <param name="Scan">What it says of its last scrub or resilver, in one line.</param>
/// <param name="Errors">What it says of lost data; null when nothing is lost.</param>
/// <param name="Status">What it says is wrong, with what to do; null when nothing is.</param>
public sealed record ZfsPool(
    string Name, long? SizeBytes, long? AllocatedBytes, long? FreeBytes, double? FragmentationPercent, double? CapacityPercent, double? DedupRatio,
    string? Health, string? Scan, string? Errors, string? Status, IReadOnlyList<ZfsDevice> Devices);

/// <param name="Depth">1 for what the pool is made of, 2 for what those are made of, and so on.</param>
public sealed record ZfsDevice(string Name, int Depth, string? State, long? ReadErrors, long? WriteErrors, long? ChecksumErrors);

/// <param name="State">The kernel's own word, such as <c>active</c> or <c>clean</c>.</param>
/// <param name="Devices">How many it should have; null where that is not told.</param>
/// <param name="Working">How many of them work.</param>
/// <param name="Action">What it is doing, such as <c>recovery</c>; null when at rest.</param>
/// <param name="ActionPercent">How far it is.</param>
/// <param name="Remaining">How long it will take, in the kernel's words.</param>
/// <param name="Mismatches">Blocks that did not agree at the last check.</param>
public sealed record RaidArray(
    string Name, string? Label, string? Level, string State, long? SizeBytes, int? Devices, int? Working, IReadOnlyList<RaidMember> Members,
    string? Action, double? ActionPercent, string? Remaining, long? Mismatches)
{
    public bool Degraded => Working < Devices;

    public bool Failed => State is "inactive" or "broken" || Working == 0;
}

public sealed record RaidMember(string Name, bool Failed, bool Spare);

/// <summary>What a disk says of itself. What it does not tell is null.</summary>
/// <param name="ReadAt">UTC; earlier than the inventory while the disk sleeps.</param>
/// <param name="Passed">Its own verdict.</param>
/// <param name="WearPercent">How much of its life is used up; can be above 100.</param>
/// <param name="MediaErrors">Of NVMe and SAS disks.</param>
/// <param name="Asleep">It was left asleep at the last look.</param>
/// <param name="Problem">Why it could not be read, in smartctl's words.</param>
public sealed record DiskHealth(
    string Name, DateTime ReadAt, string? Model, string? Serial, bool? Passed, double? TemperatureCelsius, long? PowerOnHours,
    long? ReallocatedSectors, long? PendingSectors, long? UncorrectableSectors, long? CrcErrors, double? WearPercent, long? MediaErrors,
    bool Asleep, string? Problem)
{
    /// <summary>Its own verdict is good, but it has lost what was written to it before.</summary>
    public bool Worn => ReallocatedSectors > 0 || PendingSectors > 0 || UncorrectableSectors > 0 || MediaErrors > 0 || WearPercent >= 90;
}

/// <param name="Tool"><c>apt</c>, <c>apk</c> or <c>dnf</c>.</param>
/// <param name="Security">How many of them mend a security fault; null where the host does not tell.</param>
/// <param name="Packages">The first of them, by name.</param>
/// <param name="ListsAt">UTC, when the host itself last looked for new ones; null where it does not tell.</param>
public sealed record PackageUpdates(string Tool, int Count, int? Security, IReadOnlyList<string> Packages, DateTime? ListsAt);
