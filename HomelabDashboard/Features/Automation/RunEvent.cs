using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Automation;

/// <summary>What the callback plugin tells, as it writes it. Its properties have setters, for a reader made at compile time needs half of the time with them.</summary>
internal sealed record RunEvent
{
    /// <summary>A line that starts with it is an event, and no other.</summary>
    public const byte Mark = 0x1e;

    /// <summary><c>play task start result facts stats no_hosts out</c>.</summary>
    public string E { get; set; } = "";

    /// <summary>Seconds since 1970.</summary>
    public double At { get; set; }

    public string? Id { get; set; }

    public string? Name { get; set; }

    public string? Action { get; set; }

    public bool? Handler { get; set; }

    public bool? Check { get; set; }

    public string? Host { get; set; }

    public string? Task { get; set; }

    public string? Status { get; set; }

    public int? Ms { get; set; }

    public string? Msg { get; set; }

    public IReadOnlyList<string>? T { get; set; }

    public JsonElement? Facts { get; set; }

    public IReadOnlyDictionary<string, RunRecap>? Hosts { get; set; }

    /// <summary>Of the output: where it stood when this came. Written by the dashboard.</summary>
    public long? Line { get; set; }

    /// <summary>Null for what is no event.</summary>
    public static RunEvent? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RunEventJson.Default.RunEvent) is { E.Length: > 0 } told ? told : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RunEventJson.Default.RunEvent);
}

/// <summary>Ansible's recap of a host.</summary>
internal sealed record RunRecap(int Ok, int Failures, int Unreachable, int Changed, int Skipped, int Rescued, int Ignored);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(RunEvent))]
internal sealed partial class RunEventJson : JsonSerializerContext;
