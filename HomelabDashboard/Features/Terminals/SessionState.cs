using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Terminals;

/// <summary>What an attached client is told about its session on each change.</summary>
/// <param name="IdleExpiresAt">When it ends if nothing more is typed, UTC.</param>
/// <param name="Now">The dashboard's clock, UTC: a client's own may differ, and would count down to another moment.</param>
/// <param name="CommandsRecorded">Whether the shell tells the dashboard which commands it runs; null while that is not known yet.</param>
/// <param name="LatencyMs">From a key sent towards the host to what came back, as the dashboard saw it; null before the first.</param>
public sealed record SessionState(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("expires_at")] DateTime ExpiresAt,
    [property: JsonPropertyName("idle_expires_at")] DateTime IdleExpiresAt,
    [property: JsonPropertyName("attached_clients")] int AttachedClients,
    [property: JsonPropertyName("latency_ms")] double? LatencyMs,
    [property: JsonPropertyName("now")] DateTime Now,
    [property: JsonPropertyName("commands_recorded")] bool? CommandsRecorded);
