using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Terminals;

/// <summary>A session as pages and programs see it, live or ended.</summary>
/// <param name="ClosedDetail">How it ended, in a sentence for a person; null while it lives.</param>
/// <param name="IdleExpiresAt">When it ends if nothing more is typed, UTC; null once it has ended.</param>
/// <param name="LastInputAt">When something was last typed, or it was last extended, UTC; null once it has ended.</param>
/// <param name="BytesIn">Typed; null once it has ended. Up to a second old, as is <paramref name="BytesOut"/>.</param>
/// <param name="BytesOut">Put out by the shell; null once it has ended.</param>
public sealed record SessionSummary(
    string Id,
    string HostId,
    string HostName,
    string HostIp,
    int? UserId,
    string? Username,
    int TtydPort,
    int? TtydPid,
    SessionMode Mode,
    SessionStatus Status,
    SessionEndReason? ReasonClosed,
    DateTime CreatedAt,
    DateTime LastSeenAt,
    DateTime ExpiresAt,
    DateTime? ClosedAt,
    string? ClosedDetail,
    DateTime? IdleExpiresAt,
    int AttachedClients,
    DateTime? LastInputAt,
    long? BytesIn,
    long? BytesOut)
{
    /// <summary>The id in docker_containers of the container that it is inside of; null: on the host itself. It may be gone.</summary>
    public int? ContainerId { get; init; }

    public string? ContainerName { get; init; }

    /// <summary>Where it is, for a person.</summary>
    [JsonIgnore]
    public string Place => ContainerName is null ? HostName : $"{ContainerName} on {HostName}";
}
