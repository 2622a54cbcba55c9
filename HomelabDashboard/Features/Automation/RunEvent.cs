using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Automation;

/// <summary>What the callback plugin tells, as it writes it.</summary>
internal sealed record RunEvent
{
    /// <summary>A line that starts with it is an event, and no other.</summary>
    public const byte Mark = 0x1e;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32 };

    /// <summary><c>play task start result facts stats no_hosts out</c>.</summary>
    public required string E { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public double At { get; init; }

    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Action { get; init; }

    public bool? Handler { get; init; }

    public bool? Check { get; init; }

    public string? Host { get; init; }

    public string? Task { get; init; }

    public string? Status { get; init; }

    public int? Ms { get; init; }

    public string? Msg { get; init; }

    public IReadOnlyList<string>? T { get; init; }

    public JsonElement? Facts { get; init; }

    public IReadOnlyDictionary<string, RunRecap>? Hosts { get; init; }

    /// <summary>Of the output: where it stood when this came. Written by the dashboard.</summary>
    public long? Line { get; init; }

    /// <summary>Null for what is no event.</summary>
    public static RunEvent? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEvent>(json, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}

/// <summary>Ansible's recap of a host.</summary>
internal sealed record RunRecap(int Ok, int Failures, int Unreachable, int Changed, int Skipped, int Rescued, int Ignored);
