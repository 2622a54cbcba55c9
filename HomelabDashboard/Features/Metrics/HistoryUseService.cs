using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Metrics;

/// <summary>How much room the history takes: what the settings page calls.</summary>
public sealed class HistoryUseService(
    Access access, MetricsIngest ingest, DatabaseFile file, IDbContextFactory<HomelabDbContext> databases, IOptions<MetricsOptions> options, TimeProvider time)
{
    /// <summary>How full SQLite leaves the pages of a table that grows at its end, and of one that grows in many places.</summary>
    private const double AppendedFill = 0.9;
    private const double ClusteredFill = 0.67;

    /// <summary>A row of steps, and one of a filesystem, where there is none to look at yet.</summary>
    private const double UsualStepBytes = 130;
    private const double UsualFilesystemBytes = 40;

    /// <summary>Needs settings:read. Estimated from the sizes of real rows and the readings of the last hour.</summary>
    public async Task<HistoryUse> GetAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SettingsRead);
        await ingest.FlushAsync(cancellationToken);
        var size = await file.SizeAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (hosts, perHour, full) = await RateAsync(db, cancellationToken);
        var rawBytes = ((await RawBytesAsync(HostMetricRows.Full, cancellationToken) * full) + (await RawBytesAsync(HostMetricRows.Sample, cancellationToken) * (1 - full))) / AppendedFill;
        var keep = options.Value;
        var kinds = new List<HistoryKind>
        {
            Kind(HistoryContent.Readings, TimeSpan.FromHours(keep.KeepRawHours), await db.Set<HostMetric>().LongCountAsync(cancellationToken), rawBytes, perHour * keep.KeepRawHours),
        };
        foreach (var (content, step, days) in new[] { (HistoryContent.FiveMinutes, MetricRoller.FiveMinutes, keep.KeepFiveMinuteDays), (HistoryContent.Hours, MetricRoller.Hour, keep.KeepHourDays) })
        {
            var bytes = (await file.RowBytesAsync(
                HostMetricRollupConfiguration.Table, $"step_seconds = {step.ToString(System.Globalization.CultureInfo.InvariantCulture)}", "host_id, step_seconds, start", [], cancellationToken) ?? UsualStepBytes) / ClusteredFill;
            kinds.Add(Kind(content, TimeSpan.FromDays(days), await StepsAsync(db, step, cancellationToken), bytes, (double)hosts * days * 86400 / step));
        }

        var filesystemBytes = (await file.RowBytesAsync(FilesystemHourConfiguration.Table, "start > 0", "host_id, start, mount", [], cancellationToken) ?? UsualFilesystemBytes) / ClusteredFill;
        var (filesystems, filesystemRows) = await FilesystemsAsync(db, cancellationToken);
        kinds.Add(Kind(HistoryContent.Filesystems, TimeSpan.FromDays(keep.KeepFiveMinuteDays), filesystemRows, filesystemBytes, filesystems * 24.0 * keep.KeepFiveMinuteDays));

        // Rows were looked at, not all of them weighed: together they are never more than what is there.
        var known = kinds.Sum(k => k.Bytes);
        var scale = known > size.Used ? (double)size.Used / known : 1;
        kinds = [.. kinds.Select(k => k with { Bytes = (long)(k.Bytes * scale), SettledBytes = (long)(k.SettledBytes * scale) })];
        var other = size.Used - kinds.Sum(k => k.Bytes);
        return new HistoryUse(size.OnDisk, hosts == 0 ? null : other + kinds.Sum(k => k.SettledBytes), kinds, other);
    }

    private static HistoryKind Kind(HistoryContent content, TimeSpan kept, long rows, double bytes, double settledRows) =>
        new(content, kept, rows, (long)(rows * bytes), (long)(settledRows * bytes));

    /// <summary>The mean size of readings of one kind: full ones are much larger, and those of many hosts can come together.</summary>
    private async Task<double> RawBytesAsync(string type, CancellationToken cancellationToken) =>
        await file.RowBytesAsync("host_metrics", $"metric_type = '{type}'", "id DESC", ["host_id", "collected_at"], cancellationToken) ?? 0;

    /// <summary>How many hosts gave readings in the last hour, how many of those an hour has, and which part of them is full.</summary>
    private async Task<(int Hosts, double PerHour, double Full)> RateAsync(HomelabDbContext db, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var since = now.AddHours(-1);
        var ids = await db.Set<Host>().Select(h => h.Id).ToListAsync(cancellationToken);
        var counts = await db.Set<HostMetric>().Where(m => ids.Contains(m.HostId) && m.CollectedAt >= since && m.CollectedAt <= now)
            .GroupBy(m => m.HostId).Select(g => new { Count = g.Count(), Full = g.Count(m => m.MetricType == HostMetricRows.Full), First = g.Min(m => m.CollectedAt) }).ToListAsync(cancellationToken);
        var longest = TimeSpan.FromSeconds(options.Value.IntervalSeconds);
        return (counts.Count, counts.Sum(c => c.Count / Math.Max((now - c.First + longest).TotalHours, longest.TotalHours)), counts.Sum(c => (double)c.Full) / Math.Max(1, counts.Sum(c => c.Count)));
    }

    /// <summary>As many as there would be without gaps: to count them would be to read them all.</summary>
    private static async Task<long> StepsAsync(HomelabDbContext db, int step, CancellationToken cancellationToken)
    {
        long rows = 0;
        foreach (var hostId in await db.Set<Host>().IgnoreQueryFilters().Select(h => h.Id).ToListAsync(cancellationToken))
        {
            var steps = db.Set<HostMetricRollup>().Where(r => r.HostId == hostId && r.StepSeconds == step);
            if (await steps.MinAsync(r => (long?)r.Start, cancellationToken) is { } first && await steps.MaxAsync(r => (long?)r.Start, cancellationToken) is { } last)
            {
                rows += ((last - first) / step) + 1;
            }
        }

        return rows;
    }

    /// <summary>How many filesystems all hosts have in their last hours, and about how many rows there are of them.</summary>
    private static async Task<(int Filesystems, long Rows)> FilesystemsAsync(HomelabDbContext db, CancellationToken cancellationToken)
    {
        var (filesystems, rows) = (0, 0L);
        foreach (var hostId in await db.Set<Host>().IgnoreQueryFilters().Select(h => h.Id).ToListAsync(cancellationToken))
        {
            var hours = db.Set<FilesystemHour>().Where(h => h.HostId == hostId);
            if (await hours.MinAsync(h => (long?)h.Start, cancellationToken) is { } first && await hours.MaxAsync(h => (long?)h.Start, cancellationToken) is { } last)
            {
                var now = await hours.CountAsync(h => h.Start == last, cancellationToken);
                filesystems += now;
                rows += now * (((last - first) / MetricRoller.Hour) + 1);
            }
        }

        return (filesystems, rows);
    }
}
