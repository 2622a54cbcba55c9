namespace HomelabDashboard.Features.Alerts;

/// <summary>Which alerts a list has; what is null does not filter.</summary>
/// <param name="Unread">True: only those that nobody has read.</param>
/// <param name="Needed">Only what goes on, and unread news of something that went wrong: all that <see cref="AlertService.UnreadProblemsAsync"/> counts is among them.</param>
public sealed record AlertFilter(
    AlertState? State = null, bool? Unread = null, AlertCategory? Category = null, AlertLevel? Level = null, string? HostId = null, bool Needed = false);
