namespace HomelabDashboard.Features.Alerts;

/// <summary>Which alerts a list has; what is null does not filter.</summary>
/// <param name="Unread">True: only those that nobody has read.</param>
public sealed record AlertFilter(AlertState? State = null, bool? Unread = null, AlertCategory? Category = null, AlertLevel? Level = null, string? HostId = null);
