using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HomelabDashboard.Features.Metrics.Inventory;

namespace HomelabDashboard.Features.Metrics;

/// <summary>Between readings and the rows of host_metrics: a full row has every column, a fast one those that are drawn over time.</summary>
internal static class HostMetricRows
{
    public const string Full = "full";
    public const string Sample = "sample";
    public const string Source = "ssh";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly JsonSerializerOptions RowJson = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameLoads } },
    };

    private static readonly string[] JsonColumns =
        ["disk_info", "disk_devices", "lvm_info", "zfs_info", "storage_details", "network_info", "raw_data"];

    public static HostMetric ToRow(string hostId, MetricReading reading)
    {
        var s = reading.Sample;
        var row = new HostMetric
        {
            HostId = hostId,
            MetricType = reading.Facts is null ? Sample : Full,
            CollectedAt = s.CollectedAt,
            CollectionSource = Source,
            CollectionDurationMs = s.CollectionDurationMs,
            CpuLoad1m = s.CpuLoad1m,
            CpuLoad5m = s.CpuLoad5m,
            CpuLoad15m = s.CpuLoad15m,
            CpuUsagePercent = s.CpuUsagePercent,
            CpuTemperature = s.CpuTemperature,
            CpuMhz = s.CpuMhz,
            MemoryTotalMb = s.MemoryTotalMb,
            MemoryUsedMb = s.MemoryUsedMb,
            MemoryFreeMb = s.MemoryFreeMb,
            MemoryUsagePercent = s.MemoryUsagePercent,
            SwapTotalMb = s.SwapTotalMb,
            SwapUsedMb = s.SwapUsedMb,
            SwapUsagePercent = s.SwapUsagePercent,
            DiskRootTotalGb = s.Root?.TotalGb,
            DiskRootUsedGb = s.Root?.UsedGb,
            DiskRootUsagePercent = s.Root?.UsagePercent,
            NetworkReceiveRate = s.NetworkReceiveRate,
            NetworkTransmitRate = s.NetworkTransmitRate,
            DiskReadRate = s.DiskReadRate,
            DiskWriteRate = s.DiskWriteRate,
            UptimeSeconds = s.UptimeSeconds,
        };
        if (reading.Facts is not { } facts)
        {
            return row;
        }

        row.CpuCount = s.CpuCount;
        row.CpuModel = s.CpuModel;
        row.CpuCores = s.CpuCores;
        row.CpuThreads = s.CpuThreads;
        row.CpuThreadsPerCore = s.CpuThreadsPerCore;
        row.CpuSockets = s.CpuSockets;
        row.CpuMaxMhz = s.CpuMaxMhz;
        row.CpuMinMhz = s.CpuMinMhz;
        row.OsName = s.OsName;
        row.OsVersion = s.OsVersion;
        row.KernelVersion = s.KernelVersion;
        row.Hostname = s.Hostname;
        row.UptimeHuman = Human(s.UptimeSeconds);
        row.DiskInfo = JsonSerializer.Serialize(s.Filesystems, Json);
        row.DiskDevices = JsonSerializer.Serialize(s.Inventory is { Devices.Count: > 0 } inventory ? inventory.Devices : BlockDevices.Of(facts.Devices), Json);
        row.NetworkInfo = JsonSerializer.Serialize(s.Interfaces, Json);
        row.LvmInfo = s.Inventory?.Lvm is { } lvm ? JsonSerializer.Serialize(lvm, Json) : null;
        row.ZfsInfo = s.Inventory is { ZfsPools.Count: > 0 } pools ? JsonSerializer.Serialize(pools.ZfsPools, Json) : null;
        row.StorageDetails = s.Inventory is { } i ? JsonSerializer.Serialize(new StorageDetails(i.ReadAt, i.Sources, i.RaidArrays, i.Disks), Json) : null;
        row.RawData = JsonSerializer.Serialize(new RawData(facts.OsRelease, reading.Memory, s.Temperatures, s.Reboot, s.Inventory?.Updates), Json);
        row.ErrorMessage = s.Inventory?.Unread;
        return row;
    }

    /// <summary>The reading that a full row, and the fast one after it, stand for.</summary>
    public static MetricSample ToSample(HostMetric full, HostMetric newest)
    {
        var raw = full.RawData is null ? null : JsonSerializer.Deserialize<RawData>(full.RawData, Json);
        return Figures(full, newest) with { Temperatures = raw?.Temperatures ?? [], Reboot = raw?.Reboot, Inventory = InventoryOf(full, raw?.Updates) };
    }

    private static MetricSample Figures(HostMetric full, HostMetric newest) => new()
    {
        CollectedAt = newest.CollectedAt,
        CollectionDurationMs = newest.CollectionDurationMs,
        CpuCount = full.CpuCount,
        CpuModel = full.CpuModel,
        CpuCores = full.CpuCores,
        CpuThreads = full.CpuThreads,
        CpuThreadsPerCore = full.CpuThreadsPerCore,
        CpuSockets = full.CpuSockets,
        CpuMhz = newest.CpuMhz,
        CpuMaxMhz = full.CpuMaxMhz,
        CpuMinMhz = full.CpuMinMhz,
        CpuLoad1m = newest.CpuLoad1m,
        CpuLoad5m = newest.CpuLoad5m,
        CpuLoad15m = newest.CpuLoad15m,
        CpuUsagePercent = newest.CpuUsagePercent,
        CpuTemperature = newest.CpuTemperature,
        MemoryTotalMb = newest.MemoryTotalMb,
        MemoryUsedMb = newest.MemoryUsedMb,
        MemoryFreeMb = newest.MemoryFreeMb,
        MemoryUsagePercent = newest.MemoryUsagePercent,
        SwapTotalMb = newest.SwapTotalMb,
        SwapUsedMb = newest.SwapUsedMb,
        SwapUsagePercent = newest.SwapUsagePercent,
        Filesystems = HostMetricRows.Filesystems(full.DiskInfo),
        Interfaces = Read<NetworkInterfaceReading>(full.NetworkInfo),
        NetworkReceiveRate = newest.NetworkReceiveRate,
        NetworkTransmitRate = newest.NetworkTransmitRate,
        DiskReadRate = newest.DiskReadRate,
        DiskWriteRate = newest.DiskWriteRate,
        OsName = full.OsName,
        OsVersion = full.OsVersion,
        KernelVersion = full.KernelVersion,
        Hostname = full.Hostname,
        UptimeSeconds = newest.UptimeSeconds,
    };

    /// <summary>Those of a full row.</summary>
    /// <param name="diskInfo">The column disk_info.</param>
    public static IReadOnlyList<Filesystem> Filesystems(string? diskInfo) => Read<Filesystem>(diskInfo);

    /// <summary>A full row with the newest figures over it, as the API shows it: columns by name, JSON columns as JSON.</summary>
    public static JsonObject ToJson(HostMetric full, HostMetric newest)
    {
        var record = Columns(full);
        if (newest.Id != full.Id)
        {
            foreach (var (name, value) in Columns(newest))
            {
                if (value is not null && name != "metric_type" && !JsonColumns.Contains(name, StringComparer.Ordinal))
                {
                    record[name] = value.DeepClone();
                }
            }

            record["uptime_human"] = Human(newest.UptimeSeconds);
        }

        return record;
    }

    private static JsonObject Columns(HostMetric row)
    {
        var record = JsonSerializer.SerializeToNode(row, RowJson)!.AsObject();
        foreach (var column in JsonColumns)
        {
            if (record[column]?.GetValue<string>() is { } text)
            {
                record[column] = JsonNode.Parse(text);
            }
        }

        return record;
    }

    private static HostInventory? InventoryOf(HostMetric full, PackageUpdates? updates) =>
        full.StorageDetails is not null && JsonSerializer.Deserialize<StorageDetails>(full.StorageDetails, Json) is { } details
            ? new HostInventory
            {
                ReadAt = details.ReadAt,
                Sources = details.Sources ?? new Dictionary<string, SourceState>(),
                Devices = Read<BlockDevice>(full.DiskDevices),
                Lvm = full.LvmInfo is null ? null : JsonSerializer.Deserialize<LvmState>(full.LvmInfo, Json),
                ZfsPools = Read<ZfsPool>(full.ZfsInfo),
                RaidArrays = details.Raid ?? [],
                Disks = details.Disks ?? [],
                Updates = updates,
            }
            : null;

    private static List<T> Read<T>(string? json) => json is null ? [] : JsonSerializer.Deserialize<List<T>>(json, Json) ?? [];

    private static string? Human(long? seconds)
    {
        if (seconds is not { } s)
        {
            return null;
        }

        var time = TimeSpan.FromSeconds(s);
        return time.Days > 0 ? $"{time.Days} d {time.Hours} h {time.Minutes} min" : time.Hours > 0 ? $"{time.Hours} h {time.Minutes} min" : $"{time.Minutes} min";
    }

    /// <summary>The column storage_details.</summary>
    private sealed record StorageDetails(DateTime ReadAt, IReadOnlyDictionary<string, SourceState>? Sources, IReadOnlyList<RaidArray>? Raid, IReadOnlyList<DiskHealth>? Disks);

    /// <summary>The column raw_data.</summary>
    private sealed record RawData(
        IReadOnlyDictionary<string, string>? OsRelease, IReadOnlyDictionary<string, long>? MeminfoKb, IReadOnlyList<TemperatureReading>? Temperatures, RebootNeed? Reboot,
        PackageUpdates? Updates);

    /// <summary>The load averages' columns have a name that the naming policy would not give.</summary>
    private static void NameLoads(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.Name.StartsWith("cpu_load", StringComparison.Ordinal)))
        {
            property.Name = "cpu_load_" + property.Name["cpu_load".Length..].TrimStart('_');
        }
    }
}
