using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Metrics;

/// <summary>Reads figures over time from wherever they are: long steps for what is long ago, and for the end of the range, where those are not made yet, shorter ones and raw readings.</summary>
internal static class MetricSeriesReader
{
    /// <summary>The newest steps may not be whole yet.</summary>
    private static readonly TimeSpan Unsettled = MetricHistory.RollEvery * 2;

    private static readonly BucketSource Raw = new("host_metrics", "collected_at", TimeBuckets.SecondsOf("collected_at"));
    private static readonly BucketSource Rolled = new(HostMetricRollupConfiguration.Table, "start", "start");

    /// <summary>The points that have a figure, in order.</summary>
    /// <param name="names">Columns of host_metrics. Those that are not rolled up are read from the raw readings alone.</param>
    public static async Task<IReadOnlyList<TimeBucket>> ReadAsync(
        HomelabDbContext db, string hostId, IReadOnlyList<string> names, DateTime from, DateTime to, SeriesPlan plan, DateTime now, CancellationToken cancellationToken)
    {
        var buckets = new SortedDictionary<long, BucketFigure?[]>();
        var all = Enumerable.Range(0, names.Count).ToList();
        var rawFrom = from;
        if (plan.Step > 0)
        {
            var kept = all.Where(i => ColumnOf(names[i]) is not null).ToList();
            rawFrom = await RolledUpToAsync(db, hostId, now, cancellationToken) is { } rolled && rolled > from ? rolled : from;
            var hours = plan.Step == MetricRoller.Hour ? MetricRoller.StepOf(rawFrom, MetricRoller.Hour) : long.MinValue;
            if (plan.Step == MetricRoller.Hour)
            {
                await AddStepsAsync(MetricRoller.Hour, MetricRoller.StepOf(from, MetricRoller.Hour), Math.Min(hours, Seconds(to)), kept);
            }

            await AddStepsAsync(
                MetricRoller.FiveMinutes, Math.Max(hours, MetricRoller.StepOf(from, MetricRoller.FiveMinutes)), Math.Min(MetricRoller.StepOf(rawFrom, MetricRoller.FiveMinutes), Seconds(to)), kept);
            await AddRawAsync(from, rawFrom < to ? rawFrom : to, [.. all.Except(kept)]);
        }

        await AddRawAsync(rawFrom, to, all);
        return [.. buckets.Select(b => new TimeBucket(b.Key, b.Value))];

        async Task AddStepsAsync(int step, long start, long end, List<int> columns)
        {
            if (start < end && columns.Count > 0)
            {
                var key = new Dictionary<string, object> { ["host_id"] = hostId, ["step_seconds"] = step };
                Add(columns, await TimeBuckets.ReadAsync(db, Rolled, key, start, end, [.. columns.Select(i => ColumnOf(names[i])!)], plan.Resolution, cancellationToken));
            }
        }

        async Task AddRawAsync(DateTime start, DateTime end, List<int> columns)
        {
            if (start < end && columns.Count > 0)
            {
                var key = new Dictionary<string, object> { ["host_id"] = hostId };
                Add(columns, await TimeBuckets.ReadAsync(db, Raw, key, start, end, [.. columns.Select(i => BucketColumn.Of(names[i]))], plan.Resolution, cancellationToken));
            }
        }

        void Add(List<int> columns, IReadOnlyList<TimeBucket> read)
        {
            foreach (var bucket in read)
            {
                var figures = buckets.TryGetValue(bucket.Start, out var known) ? known : buckets[bucket.Start] = new BucketFigure?[names.Count];
                for (var i = 0; i < columns.Count; i++)
                {
                    figures[columns[i]] = BucketFigure.Join(figures[columns[i]], bucket.Figures[i]);
                }
            }
        }
    }

    /// <summary>Up to where the host's steps are whole; null when it has none.</summary>
    private static async Task<DateTime?> RolledUpToAsync(HomelabDbContext db, string hostId, DateTime now, CancellationToken cancellationToken)
    {
        var newest = await db.Set<HostMetricRollup>().Where(r => r.HostId == hostId && r.StepSeconds == MetricRoller.FiveMinutes)
            .MaxAsync(r => (long?)r.Start, cancellationToken);
        return newest is { } start ? DateTime.UnixEpoch.AddSeconds(Math.Min(start, MetricRoller.StepOf(now - Unsettled, MetricRoller.FiveMinutes))) : null;
    }

    private static BucketColumn? ColumnOf(string name) => name == "uptime_seconds"
        ? BucketColumn.Of(name)
        : RolledColumn.Find(name) is { } column
            ? new BucketColumn($"SUM({name}_mean * count)", $"SUM(CASE WHEN {name}_mean IS NULL THEN 0 ELSE count END)", $"MIN({name}_minimum)", $"MAX({name}_maximum)", column.Scale)
            : null;

    private static long Seconds(DateTime utc) => (long)Math.Ceiling((utc - DateTime.UnixEpoch).TotalSeconds);
}
