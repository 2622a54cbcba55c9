using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Metrics;

/// <summary>
/// Takes away readings and steps that are past their time, a few at once, so that nobody waits for it. The newest readings of a
/// host stay whatever their age: they are what is known of it.
/// </summary>
public sealed class MetricPruner(IDbContextFactory<HomelabDbContext> databases, IOptions<MetricsOptions> options, TimeProvider time)
{
    private const int Batch = 2000;

    /// <summary>Readings that are not rolled up yet are left alone.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hosts = await db.Set<Host>().IgnoreQueryFilters().Select(h => h.Id).ToListAsync(cancellationToken);
        return await PruneRawAsync(db, hosts, now, cancellationToken)
            + await PruneStepsAsync(db, hosts, MetricRoller.FiveMinutes, options.Value.KeepFiveMinutesFrom(now), cancellationToken)
            + await PruneStepsAsync(db, hosts, MetricRoller.Hour, options.Value.KeepHoursFrom(now), cancellationToken)
            + await PruneFilesystemsAsync(db, hosts, options.Value.KeepFiveMinutesFrom(now), cancellationToken);
    }

    /// <summary>In the order in which they were written, because that is how they lie in the file.</summary>
    private async Task<int> PruneRawAsync(HomelabDbContext db, List<string> hosts, DateTime now, CancellationToken cancellationToken)
    {
        var before = options.Value.KeepRawFrom(now);
        var rolled = await db.Set<RollupProgress>().Select(p => p.LastMetricId).SingleOrDefaultAsync(cancellationToken);
        var kept = await NewestAsync(db, hosts, cancellationToken);
        var gone = 0;
        var after = 0L;
        while (true)
        {
            var window = await db.Set<HostMetric>().AsNoTracking().Where(m => m.Id > after && m.Id <= rolled).OrderBy(m => m.Id).Take(Batch)
                .Select(m => new { m.Id, m.CollectedAt }).ToListAsync(cancellationToken);
            var old = window.Where(m => m.CollectedAt < before && !kept.Contains(m.Id)).Select(m => m.Id).ToList();

            // Readings with a time that is yet to come were taken while the clock was wrong, and may stand before older ones.
            if (window.Count == 0 || (old.Count == 0 && window.Any(m => m.CollectedAt >= before && m.CollectedAt <= now)))
            {
                return gone;
            }

            gone += await db.Set<HostMetric>().Where(m => old.Contains(m.Id)).ExecuteDeleteAsync(cancellationToken);
            after = window[^1].Id;
        }
    }

    private static async Task<HashSet<long>> NewestAsync(HomelabDbContext db, List<string> hosts, CancellationToken cancellationToken)
    {
        var newest = new HashSet<long>();
        foreach (var hostId in hosts)
        {
            var rows = db.Set<HostMetric>().Where(m => m.HostId == hostId).OrderByDescending(m => m.CollectedAt);
            newest.UnionWith(await rows.Select(m => m.Id).Take(1).ToListAsync(cancellationToken));
            newest.UnionWith(await rows.Where(m => m.MetricType == HostMetricRows.Full).Select(m => m.Id).Take(1).ToListAsync(cancellationToken));
        }

        return newest;
    }

    private static async Task<int> PruneStepsAsync(HomelabDbContext db, List<string> hosts, int step, DateTime from, CancellationToken cancellationToken)
    {
        var before = MetricRoller.StepOf(from, MetricRoller.Hour);
        var gone = 0;
        foreach (var hostId in hosts)
        {
            var steps = db.Set<HostMetricRollup>().Where(r => r.HostId == hostId && r.StepSeconds == step);
            while (await steps.Where(r => r.Start < before).MinAsync(r => (long?)r.Start, cancellationToken) is { } oldest)
            {
                var until = Math.Min(before, oldest + ((long)Batch * step));
                gone += await steps.Where(r => r.Start < until).ExecuteDeleteAsync(cancellationToken);
            }
        }

        return gone;
    }

    private static async Task<int> PruneFilesystemsAsync(HomelabDbContext db, List<string> hosts, DateTime from, CancellationToken cancellationToken)
    {
        var before = MetricRoller.StepOf(from, MetricRoller.Hour);
        var gone = 0;
        foreach (var hostId in hosts)
        {
            var hours = db.Set<FilesystemHour>().Where(h => h.HostId == hostId && h.Start < before);
            while (await hours.MinAsync(h => (long?)h.Start, cancellationToken) is { } oldest)
            {
                var until = Math.Min(before, oldest + (24 * MetricRoller.Hour));
                gone += await hours.Where(h => h.Start < until).ExecuteDeleteAsync(cancellationToken);
            }
        }

        return gone;
    }
}
