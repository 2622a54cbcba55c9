namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>A command that was run, or kept from it.</summary>
/// <param name="Command">Without the secrets that were known for such; cut past 8,192 characters.</param>
/// <param name="Directory">Where it was run; null when that is not known.</param>
/// <param name="ExitCode">Null while it runs, and for good when its end was not seen.</param>
public sealed record CommandEntry(
    long Id, DateTime CreatedAt, string HostId, string? HostName, int? UserId, string? Username, string? TerminalSessionId, string Command,
    CommandSource Source, bool IsPinned, bool IsBlocked, string? BlockedReason, string? Directory, int? ExitCode, long? DurationMs);

/// <summary>All that one person has run of one command on one host.</summary>
/// <param name="Newest">The last of them; pinned when any of them is.</param>
/// <param name="Times">How many there are.</param>
public sealed record CommandGroup(CommandEntry Newest, int Times);

/// <summary>Which commands; null: any.</summary>
/// <param name="Text">In the command, in any case.</param>
public sealed record CommandFilter(string? HostId = null, string? Text = null, bool? Pinned = null, bool? Blocked = null, int? UserId = null, string? SessionId = null);
