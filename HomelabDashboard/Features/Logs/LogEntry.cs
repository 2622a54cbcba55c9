namespace HomelabDashboard.Features.Logs;

/// <summary>One line of the program's own record.</summary>
public sealed class LogEntry
{
    public long Id { get; set; }

    public required LogEntryLevel Level { get; set; }

    public string? Source { get; set; }

    public required string Message { get; set; }

    public string? Details { get; set; }

    public string? HostId { get; set; }

    public string? TaskId { get; set; }

    public string? ScheduleId { get; set; }

    /// <summary>Whoever did what the line tells; null where nobody signed in did.</summary>
    public int? UserId { get; set; }

    /// <summary>Where that came from; null where it is not known.</summary>
    public string? RemoteAddress { get; set; }

    public DateTime CreatedAt { get; set; }
}
