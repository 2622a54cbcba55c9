namespace HomelabDashboard.Features.Terminals;

/// <summary>A session as pages and programs see it, live or ended.</summary>
/// <param name="IdleExpiresAt">When it ends if nothing more is typed, UTC; null once it has ended.</param>
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
    DateTime? IdleExpiresAt,
    int AttachedClients);
