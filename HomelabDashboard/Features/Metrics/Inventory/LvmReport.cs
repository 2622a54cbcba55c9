using System.Text.Json;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads what <c>pvs</c>, <c>vgs</c> and <c>lvs</c> report as JSON, in bytes.</summary>
internal static class LvmReport
{
    private const int Most = 256;

    /// <returns>Null when one of the three is not what LVM prints.</returns>
    public static LvmState? Read(IReadOnlyList<string> pvs, IReadOnlyList<string> vgs, IReadOnlyList<string> lvs) =>
        Rows(pvs, "pv", Physical) is { } physical && Rows(vgs, "vg", Group) is { } groups && Rows(lvs, "lv", Volume) is { } volumes
            ? new LvmState(physical, groups, volumes)
            : null;

    private static List<T>? Rows<T>(IReadOnlyList<string> lines, string kind, Func<JsonElement, T?> read)
        where T : class
    {
        using var document = Json.Parse(lines);
        return document?.RootElement.At("report").ValueKind == JsonValueKind.Array
            ? [.. document.RootElement.At("report").Items().SelectMany(r => r.At(kind).Items()).Take(Most).Select(read).OfType<T>()]
            : null;
    }

    private static PhysicalVolume? Physical(JsonElement row) => row.At("pv_name").Text() is { } name
        ? new PhysicalVolume(name, row.At("vg_name").Text(), row.At("pv_size").Whole(), row.At("pv_free").Whole(), Attribute(row.At("pv_attr"), 2) == 'm')
        : null;

    private static VolumeGroup? Group(JsonElement row) => row.At("vg_name").Text() is { } name
        ? new VolumeGroup(name, row.At("vg_size").Whole(), row.At("vg_free").Whole(), row.At("vg_missing_pv_count").Whole() is { } missing and <= int.MaxValue ? (int)missing : null)
        : null;

    private static LogicalVolume? Volume(JsonElement row)
    {
        if (row.At("lv_name").Text() is not { } name || row.At("vg_name").Text() is not { } group)
        {
            return null;
        }

        return new LogicalVolume(
            name.Trim('[', ']'), group, row.At("lv_size").Whole(), row.At("lv_layout").Text() ?? "", row.At("pool_lv").Text()?.Trim('[', ']'), row.At("origin").Text()?.Trim('[', ']'),
            row.At("data_percent").Percent(), row.At("metadata_percent").Percent(), row.At("copy_percent").Percent(), row.At("lv_health_status").Text(),
            Attribute(row.At("lv_attr"), 4) switch { 'a' => true, '-' or 's' or 'i' => false, _ => null });
    }

    private static char? Attribute(JsonElement attributes, int at) => attributes.Text() is { } text && text.Length > at ? text[at] : null;
}
