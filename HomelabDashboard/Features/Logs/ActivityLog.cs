using System.Text.Json;
using System.Threading.Channels;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Logs;

/// <summary>
/// What happened, for the people who use the dashboard: lines that <see cref="ActivityLogWriter"/> puts into the table <c>logs</c>, with
/// whoever acts (<see cref="Acting"/>). Singleton.
/// </summary>
public sealed class ActivityLog(TimeProvider time)
{
    private const int Waiting = 5_000;
    private const int LongestMessage = 2_000;
    private const int LongestDetails = 20_000;

    private static readonly JsonSerializerOptions DetailsJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Channel<LogEntry> _entries = Channel.CreateBounded<LogEntry>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private int _dropped;

    /// <summary>Tells that lines were written.</summary>
    public LiveStore<string, LogsChanged> Live { get; } = new(time);

    internal ChannelReader<LogEntry> Entries => _entries.Reader;

    /// <summary>Takes a line in and returns at once. When far too many come, the later ones are counted instead of kept.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="source">The room it comes from, such as <c>accounts</c>.</param>
    /// <param name="message">One sentence for a person. Never a secret.</param>
    /// <param name="hostId">The host it is about, if any.</param>
    /// <param name="taskId">The run of a playbook it is about, if any.</param>
    /// <param name="scheduleId">The schedule it is about, if any.</param>
    /// <param name="details">Any more facts, as an object whose properties become snake_case JSON. Never a secret.</param>
    public void Write(LogEntryLevel level, string source, string message, string? hostId = null, object? details = null, string? taskId = null, string? scheduleId = null)
    {
        var json = details is null ? null : JsonSerializer.Serialize(details, DetailsJson);
        var acting = Acting.Now;
        var entry = new LogEntry
        {
            Level = level,
            Source = source,
            Message = message.Length <= LongestMessage ? message : message[..LongestMessage],
            HostId = hostId,
            TaskId = taskId,
            ScheduleId = scheduleId,
            Details = json?.Length <= LongestDetails ? json : null,
            UserId = acting?.UserId,
            RemoteAddress = acting?.Address,
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        if (!_entries.Writer.TryWrite(entry))
        {
            Drop(1);
        }
    }

    /// <summary>Takes nothing more in.</summary>
    internal void Complete() => _entries.Writer.TryComplete();

    internal void Drop(int lines) => Interlocked.Add(ref _dropped, lines);

    /// <summary>How many lines were dropped since this was asked last.</summary>
    internal int TakeDropped() => Interlocked.Exchange(ref _dropped, 0);
}
