using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Logs;

/// <summary>Takes lines away that are past their time or their number, a few at once, so that nobody waits for it.</summary>
public sealed partial class LogPruner(
    IDbContextFactory<HomelabDbContext> databases, IOptions<LogsOptions> options, TimeProvider time, ILogger<LogPruner> logger) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    private readonly SteadyClock _clock = new(time);

    /// <summary>By a clock that was just set nothing is too old: what is taken away by a wrong time does not come back.</summary>
    /// <returns>How many lines went.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var isSteady = _clock.IsSteady();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var logs = db.Set<LogEntry>();
        var before = time.GetUtcNow().UtcDateTime.AddDays(-options.Value.KeepDays);
        var last = await logs.MaxAsync(e => (long?)e.Id, cancellationToken) ?? 0;
        var tooMany = last - options.Value.KeepRows;
        return await PruneAsync(logs.Where(e => e.Id <= tooMany).OrderBy(e => e.Id), logs, cancellationToken)
            + await PruneAsync(logs.Where(e => isSteady && e.CreatedAt < before).OrderBy(e => e.CreatedAt), logs, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, fault);
            }
        }
    }

    private async Task<int> PruneAsync(IQueryable<LogEntry> old, DbSet<LogEntry> logs, CancellationToken cancellationToken)
    {
        var gone = 0;
        while (await old.Take(Batch).Select(e => e.Id).ToListAsync(cancellationToken) is { Count: > 0 } ids)
        {
            gone += await logs.Where(e => ids.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
            await Task.Delay(Breath, time, cancellationToken);
        }

        return gone;
    }

    [LoggerMessage(2102, LogLevel.Error, "Old lines of the activity log could not be taken away.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
