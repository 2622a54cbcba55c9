using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary><c>GET /version</c>.</summary>
public sealed record EngineVersion
{
    public string? Version { get; init; }

    public string? ApiVersion { get; init; }

    public IReadOnlyList<EngineComponent>? Components { get; init; }

    /// <summary>Docker or Podman.</summary>
    [JsonIgnore]
    public string Product => Components?.Any(c => c.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) is true) is true ? "Podman" : "Docker";
}

public sealed record EngineComponent(string? Name);

/// <summary>An item of <c>GET /containers/json</c>.</summary>
public sealed record EngineContainer
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string? Image { get; init; }

    [JsonPropertyName("ImageID")]
    public string? ImageId { get; init; }

    /// <summary>Unix seconds; Podman writes a text in some versions.</summary>
    public JsonElement Created { get; init; }

    public string? State { get; init => field = EngineState.Word(value); }

    /// <summary>Such as <c>Up 3 hours (healthy)</c>.</summary>
    public string? Status { get; init; }

    public IReadOnlyList<EnginePort>? Ports { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record EnginePort
{
    [JsonPropertyName("IP")]
    public string? Ip { get; init; }

    public int PrivatePort { get; init; }

    public int? PublicPort { get; init; }

    public string? Type { get; init; }
}

/// <summary>What is read of <c>GET /containers/{id}/json</c>; the rest is looked at as JSON.</summary>
public sealed record EngineInspect
{
    public EngineState? State { get; init; }

    public EngineConfig? Config { get; init; }

    public int? RestartCount { get; init; }
}

public sealed record EngineState
{
    public string? Status { get; init => field = Word(value); }

    [JsonPropertyName("OOMKilled")]
    public bool? OomKilled { get; init; }

    public int? ExitCode { get; init; }

    public string? Error { get; init; }

    public string? StartedAt { get; init; }

    public string? FinishedAt { get; init; }

    public EngineHealth? Health { get; init; }

    /// <summary>Podman's <c>stopped</c> is one that has ended and is not cleaned up after yet; that it is then <c>exited</c> is no event.</summary>
    internal static string? Word(string? state) => state == "stopped" ? "exited" : state;
}

public sealed record EngineHealth(string? Status);

public sealed record EngineConfig
{
    public bool? Tty { get; init; }
}

/// <summary>An item of <c>GET /images/json</c>.</summary>
public sealed record EngineImage
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    public IReadOnlyList<string>? RepoDigests { get; init; }

    /// <summary>Unix seconds.</summary>
    public JsonElement Created { get; init; }

    /// <summary>Bytes.</summary>
    public long? Size { get; init; }
}

/// <summary><c>GET /volumes</c>.</summary>
public sealed record EngineVolumes(IReadOnlyList<EngineVolume>? Volumes);

public sealed record EngineVolume
{
    public required string Name { get; init; }

    public string? Driver { get; init; }

    public string? Mountpoint { get; init; }

    public string? Scope { get; init; }
}

/// <summary>One of <c>GET /events</c>.</summary>
public sealed record EngineEvent
{
    /// <summary><c>container</c>, <c>image</c>, <c>volume</c> and more.</summary>
    public string? Type { get; init; }

    /// <summary>Such as <c>start</c>, <c>die</c>, <c>health_status: healthy</c>.</summary>
    public string? Action { get; init; }

    public EngineActor? Actor { get; init; }

    [JsonPropertyName("timeNano")]
    public long TimeNano { get; init; }
}

/// <param name="Id">Of the container or image, or the name of the volume.</param>
public sealed record EngineActor([property: JsonPropertyName("ID")] string? Id, IReadOnlyDictionary<string, string>? Attributes);

/// <summary>What is read of <c>GET /containers/{id}/stats</c>.</summary>
public sealed record EngineStats
{
    [JsonPropertyName("read")]
    public DateTime? Read { get; init; }

    [JsonPropertyName("cpu_stats")]
    public EngineCpu? Cpu { get; init; }

    [JsonPropertyName("memory_stats")]
    public EngineMemory? Memory { get; init; }

    [JsonPropertyName("networks")]
    public IReadOnlyDictionary<string, EngineNetwork>? Networks { get; init; }

    [JsonPropertyName("blkio_stats")]
    public EngineBlockIo? BlockIo { get; init; }

    [JsonPropertyName("pids_stats")]
    public EnginePids? Pids { get; init; }
}

public sealed record EngineCpu
{
    [JsonPropertyName("cpu_usage")]
    public EngineCpuUsage? Usage { get; init; }

    [JsonPropertyName("online_cpus")]
    public int? OnlineCpus { get; init; }
}

/// <param name="Total">Nanoseconds.</param>
public sealed record EngineCpuUsage([property: JsonPropertyName("total_usage")] ulong? Total);

public sealed record EngineMemory
{
    /// <summary>Bytes, page cache included.</summary>
    [JsonPropertyName("usage")]
    public ulong? Usage { get; init; }

    [JsonPropertyName("limit")]
    public ulong? Limit { get; init; }

    [JsonPropertyName("stats")]
    public IReadOnlyDictionary<string, JsonElement>? Stats { get; init; }
}

public sealed record EngineNetwork
{
    [JsonPropertyName("rx_bytes")]
    public ulong? Received { get; init; }

    [JsonPropertyName("tx_bytes")]
    public ulong? Sent { get; init; }
}

public sealed record EngineBlockIo([property: JsonPropertyName("io_service_bytes_recursive")] IReadOnlyList<EngineBlockIoEntry>? Bytes);

public sealed record EngineBlockIoEntry([property: JsonPropertyName("op")] string? Operation, [property: JsonPropertyName("value")] ulong Value);

public sealed record EnginePids([property: JsonPropertyName("current")] ulong? Current);

/// <summary><c>GET /system/df</c>: what an engine keeps and how much room it takes.</summary>
public sealed record EngineUse
{
    public IReadOnlyList<EngineUsedImage>? Images { get; init; }

    public IReadOnlyList<EngineUsedContainer>? Containers { get; init; }

    public IReadOnlyList<EngineUsedVolume>? Volumes { get; init; }

    public IReadOnlyList<EngineUsedCache>? BuildCache { get; init; }
}

public sealed record EngineUsedImage
{
    public string? Id { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    /// <summary>Bytes, with what it shares with others.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes; -1 where it was not counted.</summary>
    public long? SharedSize { get; init; }

    /// <summary>How many use it; -1 where it was not counted.</summary>
    public long? Containers { get; init; }
}

public sealed record EngineUsedContainer
{
    public IReadOnlyList<string>? Names { get; init; }

    public string? State { get; init; }

    /// <summary>Bytes that it wrote besides its volumes.</summary>
    public long? SizeRw { get; init; }
}

public sealed record EngineUsedVolume
{
    public string? Name { get; init; }

    public EngineVolumeUse? UsageData { get; init; }
}

/// <param name="Size">Bytes; -1 where it cannot be told.</param>
/// <param name="RefCount">How many containers use it.</param>
public sealed record EngineVolumeUse(long Size, long RefCount);

public sealed record EngineUsedCache
{
    [JsonPropertyName("ID")]
    public string? Id { get; init; }

    public string? Description { get; init; }

    public bool InUse { get; init; }

    public bool Shared { get; init; }

    public long? Size { get; init; }
}

/// <summary>The answer to a prune.</summary>
/// <param name="SpaceReclaimed">Bytes.</param>
public sealed record EnginePruned(long? SpaceReclaimed);

/// <summary>One image that Podman has removed.</summary>
public sealed record EnginePrunedImage(long Size);
