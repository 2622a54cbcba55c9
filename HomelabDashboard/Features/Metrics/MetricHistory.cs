using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure;

namespace HomelabDashboard.Features.Metrics;

/// <summary>Rolls readings up, takes away what is past its time, and gives the room back. Singleton.</summary>
public sealed partial class MetricHistory(
    MetricsIngest ingest, MetricRoller roller, MetricPruner pruner, DatabaseFile file, TimeProvider time, ILogger<MetricHistory> logger) : BackgroundService
{
    /// <summary>Each host's steps lie in a place of their own in the file, so several at once cost hardly more than one.</summary>
    internal static readonly TimeSpan RollEvery = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    private readonly SteadyClock _clock = new(time);
    private long? _pruned;

    /// <summary>One round; a clock that has just been set is waited for before anything is taken away by its word.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await ingest.FlushAsync(cancellationToken);
        await roller.RollAsync(cancellationToken);
        if (_clock.IsSteady() && (_pruned is not { } last || time.GetElapsedTime(last) >= PruneEvery))
        {
            await pruner.PruneAsync(cancellationToken);
            _pruned = time.GetTimestamp();
            await file.ShrinkAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RollEvery, time);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1304, LogLevel.Error, "The history of the hosts' figures could not be kept in order; it is tried again.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
