namespace HomelabDashboard.Features.Terminals;

/// <summary>What a terminal is asked for with.</summary>
/// <param name="ExpiresIn">Such as <c>90m</c>, <c>24h</c>, <c>7d</c>, at most 30 days; null: as the settings say.</param>
/// <param name="Reuse">
/// Takes the caller's session on that host where there is one that lives; of several the one last typed in. The others go on: nothing is
/// given up that somebody may still need.
/// </param>
/// <param name="ContainerId">The id in docker_containers of a container on that host, for a shell inside it; null: on the host itself.</param>
public sealed record OpenSession(string HostId, SessionMode Mode = SessionMode.Embedded, string? ExpiresIn = null, bool Reuse = false, int? ContainerId = null);

/// <summary>How long a session shall live from now on.</summary>
/// <param name="ExpiresIn">Such as <c>90m</c>; null: as long as a new one does. Never past 30 days from its creation.</param>
public sealed record ExtendSession(string? ExpiresIn = null);

/// <summary>A session that can be attached to.</summary>
/// <param name="ConnectTicket">For <see cref="TerminalHub.Attach"/>: once, within 30 s.</param>
public sealed record OpenedSession(
    string Id, string HostId, SessionStatus Status, SessionMode Mode, string ConnectTicket, DateTime ExpiresAt, bool Reused);

/// <summary>Figures of a session, with nothing of what was typed or shown. For one that has ended, what is still known.</summary>
/// <param name="Commands">How many commands the log has of it.</param>
public sealed record SessionStats(
    long AgeSeconds, long IdleSeconds, int AttachedClients, long BytesIn, long BytesOut, int Commands, SessionStatus Status);

/// <summary>Which sessions to list; null: any.</summary>
public sealed record SessionFilter(SessionStatus? Status = null, string? HostId = null);
