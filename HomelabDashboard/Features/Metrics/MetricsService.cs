using System.Text.Json.Nodes;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Metrics;

/// <summary>The figures of hosts: what pages and endpoints call.</summary>
public sealed class MetricsService(
    Access access,
    MetricsBoard board,
    MetricsIngest ingest,
    OperationQueue operations,
    MetricsCollector collector,
    IDbContextFactory<HomelabDbContext> databases,
    TimeProvider time,
    IOptions<MetricsOptions> options)
{
    public const int MostPoints = 2000;
    private const int MostMetrics = 16;

    /// <summary>The columns of host_metrics that can be drawn over time.</summary>
    public static readonly IReadOnlySet<string> Drawable = new HashSet<string>(StringComparer.Ordinal)
    {
        "cpu_usage_percent", "cpu_load_1m", "cpu_load_5m", "cpu_load_15m", "cpu_mhz", "cpu_temperature",
        "memory_total_mb", "memory_used_mb", "memory_free_mb", "memory_usage_percent",
        "swap_total_mb", "swap_used_mb", "swap_usage_percent",
        "disk_root_total_gb", "disk_root_used_gb", "disk_root_usage_percent",
        "network_receive_rate", "network_transmit_rate", "disk_read_rate", "disk_write_rate",
        "uptime_seconds", "collection_duration_ms",
    };

    /// <summary>How often a host is sampled; three of these without an answer and it is offline.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(options.Value.IntervalSeconds);

    /// <summary>Needs metrics:read. The reading of each host by its id; a host that never answered has none.</summary>
    public async ValueTask<LiveStore<string, HostReading>> LiveAsync()
    {
        await access.RequireAsync(Scopes.MetricsRead);
        return board.Live;
    }

    /// <summary>Needs metrics:read. Until what is returned is disposed, a host is read more often, for somebody who looks at it.</summary>
    public async ValueTask<IDisposable> WatchAsync(string hostId)
    {
        await access.RequireAsync(Scopes.MetricsRead);
        return collector.Watch(hostId);
    }

    /// <summary>
    /// Needs metrics:read. The newest record of host_metrics with all its columns; what only full readings hold is the last one's.
    /// A deleted host's can be read too. <c>NOT_FOUND</c> also when there is no reading yet.
    /// </summary>
    public async Task<Result<JsonObject>> LatestAsync(string hostId, bool includeDeleted, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.MetricsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await ExistsAsync(db, hostId, includeDeleted, cancellationToken))
        {
            return Problem.NotFound("host");
        }

        await ingest.FlushAsync(cancellationToken);

        // A clock that was wrong may have left readings of a time that is yet to come.
        var now = time.GetUtcNow().UtcDateTime;
        var rows = db.Set<HostMetric>().AsNoTracking().Where(m => m.HostId == hostId && m.CollectedAt <= now);
        var full = await rows.Where(m => m.MetricType == HostMetricRows.Full).OrderByDescending(m => m.CollectedAt).FirstOrDefaultAsync(cancellationToken);
        var newest = await rows.OrderByDescending(m => m.CollectedAt).FirstOrDefaultAsync(cancellationToken);
        return newest is null ? Problem.NotFound("reading of this host yet") : HostMetricRows.ToJson(full ?? newest, newest);
    }

    /// <summary>
    /// Needs metrics:read. Figures over time, by column name of host_metrics, at most <paramref name="points"/> each, gaps as null.
    /// What is older than the raw readings is drawn from the 5-minute steps, and what is older than those from the hours; the
    /// figures that are not rolled up reach as far back as the raw readings. A deleted host's can be read too.
    /// </summary>
    public async Task<Result<MetricSeries>> SeriesAsync(
        string hostId, IReadOnlyList<string> metrics, DateTime from, DateTime to, int points, bool band, bool includeDeleted, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.MetricsRead);
        if (Refuse(metrics, from, to, points) is { } problem)
        {
            return problem;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await ExistsAsync(db, hostId, includeDeleted, cancellationToken))
        {
            return Problem.NotFound("host");
        }

        await ingest.FlushAsync(cancellationToken);
        var names = metrics.Distinct(StringComparer.Ordinal).ToList();
        var interval = Math.Max(1, options.Value.IntervalSeconds);
        var now = time.GetUtcNow().UtcDateTime;
        var plan = SeriesPlan.Of(from, to, points, now, interval, options.Value);
        var buckets = await MetricSeriesReader.ReadAsync(db, hostId, names, from, to, plan, now, cancellationToken);
        return new MetricSeries(plan.Resolution, Series(names, buckets, plan.Resolution, interval, band));
    }

    /// <summary>
    /// Needs metrics:read. When each filesystem of a host's last reading will be full, by where it is mounted; empty without a reading.
    /// From the hours that are kept, at most as long as the 5-minute steps.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, FillForecast>> FillAsync(string hostId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.MetricsRead);
        if (board.Live.Get(hostId)?.Latest is not { } latest)
        {
            return new Dictionary<string, FillForecast>();
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hours = (await db.Set<FilesystemHour>().AsNoTracking().Where(h => h.HostId == hostId).OrderBy(h => h.Start)
            .Select(h => new { h.Mount, h.Start, h.AvailableMb }).ToListAsync(cancellationToken)).ToLookup(h => h.Mount, StringComparer.Ordinal);
        return latest.Filesystems.DistinctBy(f => f.Mount).ToDictionary(
            f => f.Mount,
            f => f.AvailableGb is { } available ? FillForecast.Of([.. hours[f.Mount].Select(h => (h.Start, (double)h.AvailableMb))], available * 1024, latest.CollectedAt) : FillForecast.Unknown,
            StringComparer.Ordinal);
    }

    /// <summary>Needs hosts:write. Takes a full reading now. <c>OPERATION_OPEN</c> while one is under way.</summary>
    public async Task<Result<OperationRecord>> CollectAsync(string hostId, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await ExistsAsync(db, hostId, includeDeleted: false, cancellationToken)
            ? await operations.EnqueueAsync(CollectOperation.KindWord, $"host:{hostId}", hostId, caller.Username, cancellationToken)
            : Problem.NotFound("host");
    }

    private static Task<bool> ExistsAsync(HomelabDbContext db, string hostId, bool includeDeleted, CancellationToken cancellationToken) =>
        db.Set<Host>().IgnoreQueryFilters().AnyAsync(h => h.Id == hostId && (includeDeleted || h.DeletedAt == null), cancellationToken);

    private static Problem? Refuse(IReadOnlyList<string> metrics, DateTime from, DateTime to, int points)
    {
        if (metrics.Count is 0 or > MostMetrics)
        {
            return Problem.Invalid("metrics", $"Name 1 to {MostMetrics} metrics.");
        }

        if (metrics.FirstOrDefault(m => !Drawable.Contains(m)) is not null)
        {
            return Problem.Invalid("metrics", $"A metric is one of {string.Join(", ", Drawable)}.");
        }

        if (from.Kind != DateTimeKind.Utc || to.Kind != DateTimeKind.Utc || from >= to)
        {
            return Problem.Invalid("from", "Give two UTC times, from before to.");
        }

        return points is < 2 or > MostPoints ? Problem.Invalid("points", $"Points are a number from 2 to {MostPoints}.") : null;
    }

    private static Dictionary<string, IReadOnlyList<double?[]>> Series(List<string> names, IReadOnlyList<TimeBucket> buckets, int resolution, double interval, bool band)
    {
        var series = new Dictionary<string, IReadOnlyList<double?[]>>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var index = i;
            series[names[i]] = Points(b => b.Figures[index]?.Mean);
            if (band)
            {
                series[names[i] + "_min"] = Points(b => b.Figures[index]?.Minimum);
                series[names[i] + "_max"] = Points(b => b.Figures[index]?.Maximum);
            }
        }

        return series;

        List<double?[]> Points(Func<TimeBucket, double?> value)
        {
            // Where a bucket is as short as an interval one can be empty by chance; what is missing for longer is a gap.
            var longestStep = Math.Max(resolution, interval) * (resolution < 2 * interval ? 2 : 1);
            var points = new List<double?[]>(buckets.Count);
            for (var b = 0; b < buckets.Count; b++)
            {
                if (b > 0 && buckets[b].Start - buckets[b - 1].Start > longestStep)
                {
                    points.Add([buckets[b - 1].Start + resolution, null]);
                }

                points.Add([buckets[b].Start, value(buckets[b])]);
            }

            return points;
        }
    }
}

/// <param name="Series">By name: points of unix seconds and value; with a band, minimum and maximum as <c>name_min</c> and <c>name_max</c>.</param>
public sealed record MetricSeries(int ResolutionSeconds, IReadOnlyDictionary<string, IReadOnlyList<double?[]>> Series);
