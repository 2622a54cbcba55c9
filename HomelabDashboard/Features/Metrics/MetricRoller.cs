using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Metrics;

/// <summary>
/// Rolls raw readings up into steps of 5 minutes, and those into hours; and the room on each filesystem into hours. It goes by the rows' ids, not by the clock: whatever was
/// written since the last time names the steps to be made, each of them anew from all of its readings, and how far it came is
/// saved with them. So a step may be made again as often as one likes, and nothing is lost or counted twice.
/// </summary>
public sealed class MetricRoller(IDbContextFactory<HomelabDbContext> databases)
{
    public const int FiveMinutes = 300;
    public const int Hour = 3600;

    /// <summary>Readings at once: what bounds the memory and the length of a transaction after a long time without roll-ups.</summary>
    private const int Batch = 5000;

    /// <summary>Rolls up what has been written since the last time.</summary>
    public async Task RollAsync(CancellationToken cancellationToken)
    {
        while (await RollBatchAsync(cancellationToken) == Batch)
        {
        }
    }

    private async Task<int> RollBatchAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var progress = await db.Set<RollupProgress>().SingleOrDefaultAsync(cancellationToken);
        if (progress is null)
        {
            progress = new RollupProgress();
            db.Add(progress);
        }

        var since = progress.LastMetricId;
        var rows = await db.Set<HostMetric>().AsNoTracking().Where(m => m.Id > since).OrderBy(m => m.Id).Take(Batch)
            .Select(m => new { m.Id, m.HostId, m.CollectedAt, Full = m.MetricType == HostMetricRows.Full }).ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            return 0;
        }

        foreach (var hour in rows.GroupBy(r => (r.HostId, Start: StepOf(r.CollectedAt, Hour))))
        {
            var steps = hour.Select(r => StepOf(r.CollectedAt, FiveMinutes)).ToHashSet();
            await RollHourAsync(db, hour.Key.HostId, hour.Key.Start, steps, cancellationToken);
            if (hour.Any(r => r.Full))
            {
                await RollFilesystemsAsync(db, hour.Key.HostId, hour.Key.Start, cancellationToken);
            }
        }

        progress.LastMetricId = rows[^1].Id;
        await db.SaveChangesAsync(cancellationToken);
        return rows.Count;
    }

    private static async Task RollHourAsync(HomelabDbContext db, string hostId, long start, HashSet<long> steps, CancellationToken cancellationToken)
    {
        var from = DateTime.UnixEpoch.AddSeconds(steps.Min());
        var to = DateTime.UnixEpoch.AddSeconds(steps.Max() + FiveMinutes);
        var readings = await db.Set<HostMetric>().AsNoTracking()
            .Where(m => m.HostId == hostId && m.CollectedAt >= from && m.CollectedAt < to)
            .Select(m => new RawReading(
                m.CollectedAt, m.UptimeSeconds, m.CpuUsagePercent, m.CpuLoad1m, m.CpuTemperature, m.MemoryUsagePercent, m.SwapUsagePercent,
                m.DiskRootUsagePercent, m.NetworkReceiveRate, m.NetworkTransmitRate, m.DiskReadRate, m.DiskWriteRate))
            .ToListAsync(cancellationToken);
        var known = await db.Set<HostMetricRollup>()
            .Where(r => r.HostId == hostId && r.StepSeconds == FiveMinutes && r.Start >= start && r.Start < start + Hour)
            .ToDictionaryAsync(r => r.Start, cancellationToken);
        foreach (var step in readings.DistinctBy(r => r.CollectedAt).GroupBy(r => StepOf(r.CollectedAt, FiveMinutes)).Where(g => steps.Contains(g.Key)))
        {
            var rollup = known.GetValueOrDefault(step.Key) ?? Add(FiveMinutes, step.Key);
            known[step.Key] = rollup;
            var ofStep = step.ToList();

            // Where a clock was set back so far that the raw readings of this step are gone already, the few new ones do not stand for it.
            if (ofStep.Count >= rollup.Count)
            {
                RollupFigures.Fill(rollup, ofStep);
            }
        }

        var hour = await db.Set<HostMetricRollup>()
            .SingleOrDefaultAsync(r => r.HostId == hostId && r.StepSeconds == Hour && r.Start == start, cancellationToken) ?? Add(Hour, start);
        if (known.Values.Sum(r => r.Count) >= hour.Count)
        {
            RollupFigures.Fill(hour, known.Values);
        }

        HostMetricRollup Add(int stepSeconds, long stepStart)
        {
            var rollup = new HostMetricRollup { HostId = hostId, StepSeconds = stepSeconds, Start = stepStart };
            db.Add(rollup);
            return rollup;
        }
    }

    private static async Task RollFilesystemsAsync(HomelabDbContext db, string hostId, long start, CancellationToken cancellationToken)
    {
        var from = DateTime.UnixEpoch.AddSeconds(start);
        var to = from.AddSeconds(Hour);
        var full = await db.Set<HostMetric>().AsNoTracking()
            .Where(m => m.HostId == hostId && m.CollectedAt >= from && m.CollectedAt < to && m.MetricType == HostMetricRows.Full)
            .OrderBy(m => m.CollectedAt).Select(m => m.DiskInfo).ToListAsync(cancellationToken);
        var known = await db.Set<FilesystemHour>().Where(h => h.HostId == hostId && h.Start == start).ToDictionaryAsync(h => h.Mount, StringComparer.Ordinal, cancellationToken);
        var readings = full.SelectMany(HostMetricRows.Filesystems).Where(f => f.AvailableGb is not null).GroupBy(f => f.Mount, StringComparer.Ordinal);
        foreach (var filesystem in readings.Take(ProcFigures.MostFilesystems))
        {
            if (!known.TryGetValue(filesystem.Key, out var hour))
            {
                hour = new FilesystemHour { HostId = hostId, Start = start, Mount = filesystem.Key };
                db.Add(hour);
            }

            if (filesystem.Count() >= hour.Count)
            {
                hour.Count = filesystem.Count();
                hour.AvailableMb = (long)filesystem.Average(f => Math.Min(f.AvailableGb!.Value * 1024, long.MaxValue / 2));
            }
        }
    }

    /// <summary>The start of the step in which a time lies, in unix seconds.</summary>
    internal static long StepOf(DateTime utc, int step)
    {
        var seconds = (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        return seconds - (((seconds % step) + step) % step);
    }
}
