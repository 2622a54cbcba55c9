using HomelabDashboard.Features.Logs;

namespace HomelabDashboard.Features.LogSearch;

/// <summary>Which lines of the log to list; null: any.</summary>
/// <param name="Text">Words that the message has, in any order; the last may be the beginning of one.</param>
/// <param name="From">Not before this time.</param>
/// <param name="To">Before this time.</param>
public sealed record LogFilter(
    string? Source = null, string? HostId = null, string? TaskId = null, string? ScheduleId = null, int? UserId = null,
    string? Text = null, DateTime? From = null, DateTime? To = null)
{
    /// <summary>One of these; none: any.</summary>
    public IReadOnlySet<LogEntryLevel> Levels { get; init; } = new HashSet<LogEntryLevel>();
}
