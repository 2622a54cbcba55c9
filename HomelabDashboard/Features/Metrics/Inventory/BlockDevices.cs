using System.Text.Json;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads <c>lsblk -J -b</c>, from its first version with JSON (2.27) on.</summary>
internal static class BlockDevices
{
    private const int MostDevices = 512;
    private const int Deepest = 8;

    /// <summary>Memory and volumes that stand on other disks' file systems are no disks of the host's.</summary>
    private static readonly string[] NoDisks = ["loop", "ram", "zram", "sr", "fd", "zd", "nbd"];

    /// <returns>Null when it is not what lsblk prints.</returns>
    public static IReadOnlyList<BlockDevice>? Read(IReadOnlyList<string> lines)
    {
        using var document = Json.Parse(lines);
        if (document?.RootElement.At("blockdevices").ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var left = MostDevices;
        return Read(document.RootElement.At("blockdevices"), 0, ref left);
    }

    /// <summary>The disks of a host without lsblk, by what its kernel shows of them.</summary>
    public static IReadOnlyList<BlockDevice> Of(IEnumerable<DiskDevice> disks) =>
        [.. disks.Select(d => new BlockDevice(d.Name, d.Name, "disk", d.SizeBytes, d.Rotational, d.Model, null, null, null, null, null, []))];

    private static List<BlockDevice> Read(JsonElement devices, int depth, ref int left)
    {
        var read = new List<BlockDevice>();
        foreach (var device in devices.Items())
        {
            if (device.At("name").Text(128) is not { } name || left-- <= 0)
            {
                continue;
            }

            var type = device.At("type").Text(32) ?? "";
            var size = device.At("size").Whole();
            if (depth == 0 && (size is 0 || NoDisks.Any(n => IsNamed(name, n))))
            {
                continue;
            }

            read.Add(new BlockDevice(
                name, device.At("kname").Text(128) ?? name, type, size, device.At("rota").Flag(), device.At("model").Text(100), device.At("serial").Text(100),
                device.At("tran").Text(16), device.At("fstype").Text(50), device.At("label").Text(100), device.At("mountpoint").Text(255),
                depth < Deepest ? Read(device.At("children"), depth + 1, ref left) : []));
        }

        return read;
    }

    private static bool IsNamed(string name, string kind) => name.Length > kind.Length && name.StartsWith(kind, StringComparison.Ordinal) && char.IsAsciiDigit(name[kind.Length]);
}
