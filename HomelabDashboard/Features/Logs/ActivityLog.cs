using System.Text.Json;
using System.Threading.Channels;
using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Logs;

/// <summary>
/// What happened, for the people who use the dashboard: lines in the table <c>logs</c>, written by one writer in batches, with
/// whoever acts (<see cref="Acting"/>). Singleton.
/// </summary>
public sealed partial class ActivityLog(IDbContextFactory<HomelabDbContext> databases, TimeProvider time, ILogger<ActivityLog> logger) : BackgroundService
{
    private const string Newest = "newest";
    private const int Waiting = 5_000;
    private const int LargestBatch = 200;
    private const int LongestMessage = 2_000;
    private const int LongestDetails = 20_000;

    private static readonly JsonSerializerOptions DetailsJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Channel<LogEntry> _entries = Channel.CreateBounded<LogEntry>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private int _dropped;

    /// <summary>Tells that lines were written.</summary>
    public LiveStore<string, LogsChanged> Live { get; } = new(time);

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
        var entry = new LogEntry
        {
            Level = level,
            Source = source,
            Message = message.Length <= LongestMessage ? message : message[..LongestMessage],
            HostId = hostId,
            TaskId = taskId,
            ScheduleId = scheduleId,
            Details = json?.Length <= LongestDetails ? json : null,
            UserId = Acting.Now?.UserId,
            RemoteAddress = Acting.Now?.Address,
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        if (!_entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken in is written before the end.
        _entries.Writer.TryComplete();
        if (ExecuteTask is { } writing)
        {
            await writing.WaitAsync(TimeSpan.FromSeconds(2), time, CancellationToken.None);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _entries.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var batch = new List<LogEntry>();
            while (batch.Count < LargestBatch && _entries.Reader.TryRead(out var entry))
            {
                batch.Add(entry);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                batch.Add(new()
                {
                    Level = LogEntryLevel.Warning,
                    Source = "logs",
                    Message = $"{dropped} lines came too fast to be kept.",
                    CreatedAt = time.GetUtcNow().UtcDateTime,
                });
            }

            try
            {
                await SaveAsync(batch);
            }
            catch (Exception e)
            {
                LogFailed(logger, batch.Count, e);
            }
        }
    }

    private async Task SaveAsync(List<LogEntry> batch)
    {
        await using var db = await databases.CreateDbContextAsync();
        db.AddRange(batch);
        await db.SaveChangesAsync();
        Live.Set(Newest, new(batch[^1].Id));
    }

    [LoggerMessage(2101, LogLevel.Error, "{Count} lines of the activity log could not be written.")]
    private static partial void LogFailed(ILogger logger, int count, Exception exception);
}
