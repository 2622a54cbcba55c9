namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>A command on its way into the log: written when it starts, and again when it has ended.</summary>
/// <param name="command">As it may be stored.</param>
/// <param name="directory">Where the shell was; null when that is not known.</param>
public sealed class CommandRecord(SessionInfo session, string command, CommandSource source, string? directory, DateTime at)
{
    private readonly Lock _gate = new();
    private (int ExitCode, TimeSpan Took)? _end;

    public string? Blocked { get; set; }

    public string HostId => session.HostId;

    /// <summary>Of its row; 0 before there is one. For the writer alone.</summary>
    internal long RowId { get; set; }

    public void End(int exitCode, TimeSpan took)
    {
        lock (_gate)
        {
            _end = (exitCode, took);
        }
    }

    internal (int? ExitCode, long? DurationMs) Ended()
    {
        lock (_gate)
        {
            return _end is var (code, took) ? (code, (long)took.TotalMilliseconds) : (null, null);
        }
    }

    internal TerminalCommandLog ToRow()
    {
        var (exitCode, durationMs) = Ended();
        return new()
        {
            CreatedAt = at,
            HostId = session.HostId,
            HostName = Shortened(session.HostName, 100),
            UserId = session.UserId,
            Username = Shortened(session.Username, 100),
            TerminalSessionId = session.Id,
            Command = command,
            CommandHash = CommandText.Hash(command),
            Source = source,
            IsBlocked = Blocked is not null,
            BlockedReason = Blocked,
            Directory = directory,
            ExitCode = exitCode,
            DurationMs = durationMs,
        };
    }

    private static string Shortened(string text, int length) => text.Length <= length ? text : text[..length];
}
