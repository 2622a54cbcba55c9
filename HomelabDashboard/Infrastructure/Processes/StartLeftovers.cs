namespace HomelabDashboard.Infrastructure.Processes;

/// <summary>
/// Gives back, once, the memory that the start has used: where little happens afterwards, the collector alone would keep it for days.
/// </summary>
public sealed class StartLeftovers(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Settled, time, stoppingToken);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
