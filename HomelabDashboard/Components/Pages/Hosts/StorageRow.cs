using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;

namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>A row of the tree that joins disks, what is made of them and the file systems on top.</summary>
/// <param name="Faint">After the name: what it is.</param>
/// <param name="Mount">Where it is mounted; null where it is not.</param>
/// <param name="Hint">Where what <paramref name="Look"/> says comes from; null where that is plain.</param>
/// <param name="Note">Instead of how full it is.</param>
internal sealed record StorageRow(int Depth, string Name, string Faint, string? Mount, StatusLook? Look, string? Hint, long? SizeBytes, double? UsagePercent, string? Note)
{
    /// <summary>The disks first, each with all that stands on it; what stands on several is followed up once.</summary>
    public static IReadOnlyList<StorageRow> Of(HostInventory inventory, IReadOnlyList<Filesystem> filesystems, IReadOnlyDictionary<string, FillForecast> forecasts)
    {
        var rows = new List<StorageRow>();
        var followed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var disk in inventory.Devices)
        {
            Add(disk, 0);
        }

        return rows;

        void Add(BlockDevice device, int depth)
        {
            var health = depth == 0 ? inventory.Disks.FirstOrDefault(d => d.Name == device.KernelName) : null;
            var array = inventory.RaidArrays.FirstOrDefault(a => a.Name == device.KernelName);
            var again = depth > 0 && !followed.Add(device.KernelName);
            var filesystem = device.Mount is null ? null : filesystems.FirstOrDefault(f => f.Mount == device.Mount);
            var forecast = filesystem is null || again ? null : forecasts.GetValueOrDefault(filesystem.Mount);
            rows.Add(new StorageRow(
                depth, device.Name, depth == 0 ? Join(device.Model ?? health?.Model, Kind(device)) : What(device, array), device.Mount is ['/', ..] ? device.Mount : null,
                array is not null ? StorageLook.Of(array) : forecast is not null ? StorageLook.Of(forecast) : StorageLook.Of(health),
                array is null && forecast is not null ? StorageLook.Rate(forecast) : null, device.SizeBytes, again ? null : filesystem?.UsagePercent,
                again ? "as above" : health?.TemperatureCelsius is { } degrees ? Format.Temperature(degrees) : Free(device)));
            if (again)
            {
                return;
            }

            if (device is { Filesystem: "zfs_member", Label: { } label } && inventory.ZfsPools.FirstOrDefault(p => p.Name == label) is { } pool)
            {
                var first = followed.Add("zfs:" + label);
                rows.Add(new StorageRow(depth + 1, pool.Name, "ZFS pool", null, StorageLook.Of(pool), null, pool.SizeBytes, first ? pool.CapacityPercent : null, first ? null : "as above"));
            }

            foreach (var child in device.Children)
            {
                Add(child, depth + 1);
            }
        }

        string? Free(BlockDevice device) =>
            device.Filesystem == "LVM2_member" && inventory.Lvm?.PhysicalVolumes.FirstOrDefault(p => p.Name == "/dev/" + device.Name) is { FreeBytes: { } free } ? $"{Format.Bytes(free)} unassigned" : null;
    }

    private static string Kind(BlockDevice disk) => (disk.Transport, disk.Rotational) switch
    {
        ("nvme", _) => "NVMe",
        ("usb", _) => "USB",
        (_, true) => "HDD",
        (_, false) => "SSD",
        _ => "",
    };

    private static string What(BlockDevice device, RaidArray? array) => device.Filesystem switch
    {
        "LVM2_member" => "LVM",
        "linux_raid_member" => "RAID member",
        "zfs_member" => "ZFS",
        "crypto_LUKS" => "encrypted",
        "swap" => "swap",
        { } filesystem => Join(array?.Level, filesystem),
        null => array?.Level ?? (device.Type == "part" ? "partition" : device.Type),
    };

    private static string Join(params string?[] parts) => string.Join(" · ", parts.Where(p => !string.IsNullOrEmpty(p)));
}
