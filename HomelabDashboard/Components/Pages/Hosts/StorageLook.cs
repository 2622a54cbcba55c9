using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;

namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>How disks, pools and arrays are shown, on every page.</summary>
internal static class StorageLook
{
    /// <summary>Null where it does not fill.</summary>
    public static StatusLook? Of(FillForecast? forecast) => forecast?.FullIn switch
    {
        null => null,
        { TotalMinutes: < 1 } => new(StatusShape.Crit, "Full"),
        { TotalDays: < 3 } soon => new(StatusShape.Crit, $"Full in {Format.Duration(soon)}"),
        { TotalDays: < 30 } soon => new(StatusShape.Warn, $"Full in {Format.Duration(soon)}"),
        { } later => new(StatusShape.Idle, $"Full in {Format.Duration(later)}"),
    };

    /// <summary>Where the words of a forecast come from.</summary>
    public static string Rate(FillForecast forecast) => forecast.GigabytesPerDay switch
    {
        { } rate and >= 0.1 => $"At this rate: {Format.Gigabytes(rate)} a day",
        { } rate => $"At this rate: {Format.Gigabytes(rate * 30)} in 30 days",
        null when forecast.Trend == FillTrend.Unknown => "Told after a day of readings",
        null => "It does not fill, or not within two years",
    };

    /// <summary>Null where nothing is known of it.</summary>
    public static StatusLook? Of(DiskHealth? disk) => disk switch
    {
        null => null,
        { Passed: false } => new(StatusShape.Crit, "Failing"),
        { Worn: true } => new(StatusShape.Warn, "Worn"),
        { Asleep: true } => new(StatusShape.Idle, "Asleep"),
        { Passed: true } => new(StatusShape.Ok, "SMART ok"),
        { Problem: not null } => new(StatusShape.Idle, "Not read"),
        _ => new(StatusShape.Idle, "Unknown"),
    };

    public static StatusLook Of(ZfsPool pool) => pool switch
    {
        { Health: "ONLINE", Errors: null } => new(StatusShape.Ok, "Online"),
        { Health: "ONLINE" } => new(StatusShape.Crit, "Data lost"),
        { Health: "DEGRADED" } => new(StatusShape.Warn, "Degraded"),
        { Health: { } health } => new(StatusShape.Crit, Words(health)),
        _ => new(StatusShape.Idle, "Unknown"),
    };

    public static StatusLook Of(ZfsDevice device) => device.State switch
    {
        null => new(StatusShape.Idle, "Unknown"),
        "ONLINE" when device is { ReadErrors: > 0 } or { WriteErrors: > 0 } or { ChecksumErrors: > 0 } => new(StatusShape.Warn, "Errors"),
        "ONLINE" or "AVAIL" or "INUSE" => new(StatusShape.Ok, Words(device.State)),
        "DEGRADED" => new(StatusShape.Warn, "Degraded"),
        _ => new(StatusShape.Crit, Words(device.State)),
    };

    public static StatusLook Of(RaidArray array) => array switch
    {
        { Failed: true } => new(StatusShape.Crit, "Not running"),
        { Degraded: true, Action: not null } => new(StatusShape.Warn, "Rebuilding"),
        { Degraded: true } => new(StatusShape.Crit, "Degraded"),
        { Action: not null } => new(StatusShape.Run, Words(array.Action)),
        { Devices: null } => new(StatusShape.Ok, Words(array.State)),
        _ => new(StatusShape.Ok, "Whole"),
    };

    public static StatusLook Of(VolumeGroup group) => group.MissingDisks > 0 ? new(StatusShape.Crit, $"{Format.Plural(group.MissingDisks.Value, "disk")} missing") : new(StatusShape.Ok, "Whole");

    /// <summary>How full a pool counts: LVM's thin pools stop all writes when either is full.</summary>
    public static double? Fullness(LogicalVolume pool) => pool.MetadataPercent > pool.DataPercent ? pool.MetadataPercent : pool.DataPercent;

    /// <summary>What needs somebody, the worst first. A disk that is only worn does not: it will stay so.</summary>
    public static IEnumerable<(StatusLook Look, string What, string? Detail)> Troubles(HostInventory inventory, Thresholds limits)
    {
        var disks = inventory.Disks.Where(d => d.Passed == false).Select(d => (Look: Of(d)!.Value, What: $"disk {d.Name} is failing", Detail: d.Model));
        var pools = inventory.ZfsPools.Select(p => (Look: Of(p), What: $"ZFS pool {p.Name}: {Of(p).Word.ToLowerInvariant()}", Detail: p.Errors ?? p.Status));
        var arrays = inventory.RaidArrays.Select(a => (
            Look: Of(a), What: $"RAID array {a.Label ?? a.Name}: {Of(a).Word.ToLowerInvariant()}", Detail: a.Devices is null ? null : $"{a.Working} of {a.Devices} disks work"));
        var groups = inventory.Lvm?.Groups.Select(g => (Look: Of(g), What: $"volume group {g.Name}: {Of(g).Word.ToLowerInvariant()}", Detail: (string?)null)) ?? [];
        var thin = inventory.Lvm?.Volumes.Where(v => v.IsThinPool && Fullness(v) >= limits.Critical).Select(v => (
            Look: new StatusLook(StatusShape.Crit, "Pool filling"), What: $"thin pool {v.Name} is {Format.Percent(Fullness(v))} full", Detail: (string?)"all writes to it stop once it is full")) ?? [];
        return [.. disks.Concat(pools).Concat(arrays).Concat(groups).Concat(thin).Where(t => t.Look.Shape is StatusShape.Crit or StatusShape.Warn).OrderBy(t => t.Look.Shape != StatusShape.Crit)];
    }

    private static string Words(string word) => word.Length > 1 ? char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant() : word;
}
