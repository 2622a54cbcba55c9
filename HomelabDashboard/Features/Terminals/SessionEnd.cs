using HomelabDashboard.Data;

namespace HomelabDashboard.Features.Terminals;

/// <summary>How a session ends: what its row says afterwards, and what stands in the terminal.</summary>
/// <param name="Status">Closed, expired or error.</param>
/// <param name="Reason">Null for an error.</param>
/// <param name="Words">One line for a person.</param>
public sealed record SessionEnd(SessionStatus Status, SessionEndReason? Reason, string Words)
{
    public static readonly SessionEnd UserClose = new(SessionStatus.Closed, SessionEndReason.UserClose, "This terminal was closed.");
    public static readonly SessionEnd ShellExit = new(SessionStatus.Closed, SessionEndReason.UserClose, "The shell has ended.");
    public static readonly SessionEnd Ttl = new(SessionStatus.Expired, SessionEndReason.Ttl, "This terminal has reached its time limit.");
    public static readonly SessionEnd Idle = new(SessionStatus.Expired, SessionEndReason.Idle, "This terminal was closed because nothing was typed for a long time.");
    public static readonly SessionEnd ClientLost = new(SessionStatus.Closed, SessionEndReason.ClientLost, "This terminal was closed because no window was attached to it.");
    public static readonly SessionEnd ServerShutdown = new(SessionStatus.Closed, SessionEndReason.ServerShutdown, "The dashboard is shutting down.");

    /// <summary>What a program is told: the reason, or <c>error</c>.</summary>
    public string Word => WordOf(Reason);

    /// <param name="reason">Of a session that has ended; null for an error.</param>
    public static string WordOf(SessionEndReason? reason) => reason is { } known ? EnumWords<SessionEndReason>.Of(known) : "error";

    public static readonly SessionEnd Quota = new(SessionStatus.Closed, SessionEndReason.Quota, "This terminal was closed to make room for another.");
    public static readonly SessionEnd Reused = new(SessionStatus.Closed, SessionEndReason.Reused, "This terminal was given up for one that was open already.");

    /// <summary>By somebody else than the session's user.</summary>
    public static SessionEnd ClosedBy(string username) => UserClose with { Words = $"This terminal was closed by {username}." };

    public static SessionEnd Error(string words) => new(SessionStatus.Error, null, words);
}
