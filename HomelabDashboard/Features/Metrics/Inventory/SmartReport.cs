using System.Text.Json;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads <c>smartctl -j -n standby -i -H -A</c>, of ATA, NVMe and SCSI disks, from 7.0 on.</summary>
internal static class SmartReport
{
    private const int Reallocated = 5;
    private const int Pending = 197;
    private const int Uncorrectable = 198;
    private const int CrcErrors = 199;

    // Of SSDs: each maker has one of these for the life that is left, in percent.
    private static readonly int[] LifeLeft = [231, 233, 202, 177, 169];

    /// <param name="name">As the kernel has it, such as <c>sda</c>.</param>
    /// <param name="before">Of an earlier look: a disk that sleeps keeps it.</param>
    /// <returns>Null when it is not what smartctl prints.</returns>
    public static DiskHealth? Read(string name, IReadOnlyList<string> lines, DateTime at, DiskHealth? before)
    {
        using var document = Json.Parse(lines);
        if (document?.RootElement.At("smartctl").ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var root = document.RootElement;
        var status = root.At("smartctl", "exit_status").Whole() ?? 0;
        var said = root.At("smartctl", "messages").Items().Select(m => m.At("string").Text()).OfType<string>().Take(4).ToList();
        if ((status & 2) != 0 && said.Any(IsAsleep))
        {
            return before is null
                ? Unread(name, at, root.At("model_name").Text(100), root.At("serial_number").Text(100)) with { Asleep = true }
                : before with { Asleep = true };
        }

        var nvme = root.At("nvme_smart_health_information_log");
        var attributes = Attributes(root);
        var passed = root.At("smart_status", "passed").Flag();
        return new DiskHealth(
            name, at, root.At("model_name").Text(100) ?? root.At("scsi_model_name").Text(100), root.At("serial_number").Text(100), passed,
            root.At("temperature", "current").Number() is { } degrees and > -50 and < 200 and not 0 ? degrees : null,
            root.At("power_on_time", "hours").Whole(),
            attributes.GetValueOrDefault(Reallocated).Raw ?? root.At("scsi_grown_defect_list").Whole(),
            attributes.GetValueOrDefault(Pending).Raw, attributes.GetValueOrDefault(Uncorrectable).Raw, attributes.GetValueOrDefault(CrcErrors).Raw,
            Wear(root, nvme, attributes), nvme.At("media_errors").Whole() ?? ScsiErrors(root.At("scsi_error_counter_log")),
            Asleep: false,
            passed is null && nvme.ValueKind != JsonValueKind.Object && attributes.Count == 0 ? string.Join(" ", said) is { Length: > 0 } words ? words : "The disk tells nothing of its health." : null);
    }

    /// <summary>A disk of which nothing is known.</summary>
    public static DiskHealth Unread(string name, DateTime at, string? model = null, string? serial = null, string? problem = null) =>
        new(name, at, model, serial, null, null, null, null, null, null, null, null, null, Asleep: false, problem);

    private static bool IsAsleep(string said) => said.Contains("STANDBY", StringComparison.Ordinal) || said.Contains("SLEEP", StringComparison.Ordinal);

    /// <summary>The raw counts of makers fill six bytes, of which the lower four are the count.</summary>
    private static Dictionary<int, (long? Raw, long? Value)> Attributes(JsonElement root)
    {
        var attributes = new Dictionary<int, (long?, long?)>();
        foreach (var row in root.At("ata_smart_attributes", "table").Items().Take(64))
        {
            if (row.At("id").Whole() is { } id and < 256)
            {
                attributes.TryAdd((int)id, (row.At("raw", "value").Whole() & 0xffff_ffff, row.At("value").Whole()));
            }
        }

        return attributes;
    }

    private static double? Wear(JsonElement root, JsonElement nvme, Dictionary<int, (long? Raw, long? Value)> attributes)
    {
        if ((root.At("endurance_used", "current_percent").Whole() ?? nvme.At("percentage_used").Whole() ?? root.At("scsi_percentage_used_endurance_indicator").Whole()) is { } used and <= 1000)
        {
            return used;
        }

        return root.At("rotation_rate").Whole() == 0 && LifeLeft.Select(id => attributes.GetValueOrDefault(id).Value).FirstOrDefault(v => v is not null) is { } left and <= 100 ? 100 - left : null;
    }

    private static long? ScsiErrors(JsonElement log) => log.ValueKind == JsonValueKind.Object
        ? new[] { "read", "write", "verify" }.Sum(kind => log.At(kind, "total_uncorrected_errors").Whole() is { } errors and < int.MaxValue ? errors : 0)
        : null;
}
