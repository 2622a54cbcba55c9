namespace HomelabDashboard.Features.Terminals;

/// <summary>One command of a terminal.</summary>
public sealed class TerminalCommandLog
{
    public long Id { get; set; }

    public DateTime CreatedAt { get; set; }

    public required string HostId { get; set; }

    public int? UserId { get; set; }

    public string? TerminalSessionId { get; set; }

    public required string Command { get; set; }

    public required string CommandHash { get; set; }

    public CommandSource Source { get; set; }

    public bool IsPinned { get; set; }

    public bool IsBlocked { get; set; }

    public string? BlockedReason { get; set; }

    public string? Username { get; set; }

    public string? HostName { get; set; }

    /// <summary>The shell's working directory before the command; null when it is not known.</summary>
    public string? Directory { get; set; }

    /// <summary>Null until it has ended, and for good when that was not seen.</summary>
    public int? ExitCode { get; set; }

    /// <summary>From its start to its end as the dashboard saw them, in milliseconds.</summary>
    public long? DurationMs { get; set; }
}
