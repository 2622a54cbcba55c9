using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Logs;

/// <summary>
/// The one writer of the table <c>logs</c>: what <see cref="ActivityLog"/> has taken in, in batches. A batch that cannot be written, as
/// while the disk is full, is tried again for a while; meanwhile the log takes in what it has room for.
/// </summary>
public sealed partial class ActivityLogWriter(ActivityLog log, IDbContextFactory<HomelabDbContext> databases, TimeProvider time, ILogger<ActivityLogWriter> logger)
    : BackgroundService
{
    internal const int Tries = 10;
    private const string Newest = "newest";
    private const int LargestBatch = 200;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken in is written before the end, where that can be.
        log.Complete();
        if (ExecuteTask is { } writing)
        {
            await writing.WaitAsync(LongestEnd, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await log.Entries.WaitToReadAsync(CancellationToken.None))
        {
            var batch = new List<LogEntry>();
            while (batch.Count < LargestBatch && log.Entries.TryRead(out var entry))
            {
                batch.Add(entry);
            }

            var dropped = log.TakeDropped();
            if (dropped > 0)
            {
                batch.Add(new()
                {
                    Level = LogEntryLevel.Warning,
                    Source = "logs",
                    Message = $"Lines that came too fast to be kept, or could not be written: {dropped}.",
                    CreatedAt = time.GetUtcNow().UtcDateTime,
                });
            }

            if (!await TrySaveAsync(batch, stoppingToken))
            {
                log.Drop(dropped > 0 ? dropped + batch.Count - 1 : batch.Count);
            }
        }
    }

    private async Task<bool> TrySaveAsync(List<LogEntry> batch, CancellationToken stoppingToken)
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                await SaveAsync(batch);
                return true;
            }
            catch (Exception e)
            {
                if (left == Tries || left == 1)
                {
                    LogFailed(logger, batch.Count, left - 1, e);
                }
            }

            if (left == 1 || stoppingToken.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(Again, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SaveAsync(List<LogEntry> batch)
    {
        await using var db = await databases.CreateDbContextAsync();
        db.AddRange(batch);
        await db.SaveChangesAsync();
        log.Live.Set(Newest, new(batch[^1].Id));
    }

    [LoggerMessage(2101, LogLevel.Error, "{Count} lines of the activity log could not be written. It is tried {Left} times more.")]
    private static partial void LogFailed(ILogger logger, int count, int left, Exception exception);
}
