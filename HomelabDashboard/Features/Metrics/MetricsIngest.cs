using System.Threading.Channels;
using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Metrics;

/// <summary>
/// Takes readings from all hosts: at once to the live board, and to the database in batches by one writer. Singleton.
/// </summary>
public sealed partial class MetricsIngest(
    MetricsBoard board,
    IDbContextFactory<HomelabDbContext> databases,
    IOptions<MetricsOptions> options,
    TimeProvider time,
    ILogger<MetricsIngest> logger) : BackgroundService
{
    private const int LargestBatch = 1000;

    private readonly Lock _stopGate = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Task? _stop;
    private readonly List<HostMetric> _batch = [];

    // A database that is stuck for long must not eat the memory: the oldest rows that wait are given up first.
    private readonly Channel<HostMetric> _rows = Channel.CreateBounded<HostMetric>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await FillBoardAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    internal void Add(string hostId, MetricReading reading)
    {
        board.Add(hostId, reading.Sample);
        _rows.Writer.TryWrite(HostMetricRows.ToRow(hostId, reading));
    }

    /// <summary>Writes what is waiting; to be called before the table is read.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // A batch that could not be written stays, and is tried again.
            while (_batch.Count > 0 || _rows.Reader.TryPeek(out _))
            {
                while (_batch.Count < LargestBatch && _rows.Reader.TryRead(out var row))
                {
                    _batch.Add(row);
                }

                await using var db = await databases.CreateDbContextAsync(cancellationToken);
                db.AddRange(_batch);
                await db.SaveChangesAsync(cancellationToken);
                _batch.Clear();
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Whoever hosts the program in a process of its own may ask twice: both wait for the one end.</summary>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopGate)
        {
            return _stop ??= EndAsync(cancellationToken);
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // Also when the time to stop has run out: what was read is worth the moment.
        await FlushAsync(CancellationToken.None);
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.WriteEverySeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FlushAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, fault);
            }
        }
    }

    /// <summary>After a restart, the last reading of each host and the hour before are there at once.</summary>
    private async Task FillBoardAsync(CancellationToken cancellationToken)
    {
        // A clock that was wrong may have left readings of a time that is yet to come.
        var now = time.GetUtcNow().UtcDateTime;
        var hour = now - TimeSpan.FromHours(1);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var hostId in await db.Set<Host>().Select(h => h.Id).ToListAsync(cancellationToken))
        {
            var rows = db.Set<HostMetric>().AsNoTracking().Where(m => m.HostId == hostId && m.CollectedAt <= now);
            if (await rows.Where(m => m.MetricType == HostMetricRows.Full).OrderByDescending(m => m.CollectedAt).FirstOrDefaultAsync(cancellationToken) is not { } full
                || await rows.OrderByDescending(m => m.CollectedAt).FirstOrDefaultAsync(cancellationToken) is not { } newest)
            {
                continue;
            }

            var points = await rows.Where(m => m.CollectedAt >= hour).OrderBy(m => m.CollectedAt)
                .Select(m => new MetricPoint(
                    m.CollectedAt, m.CpuUsagePercent, m.MemoryUsagePercent, m.DiskRootUsagePercent, m.NetworkReceiveRate, m.NetworkTransmitRate,
                    m.DiskReadRate, m.DiskWriteRate, m.CpuTemperature, m.CpuLoad1m))
                .ToListAsync(cancellationToken);
            board.Live.Set(hostId, new HostReading(HostMetricRows.ToSample(full, newest), points));
        }
    }

    [LoggerMessage(1301, LogLevel.Error, "Readings could not be written; they are tried again.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
