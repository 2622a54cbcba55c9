using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Tests.Features.Metrics;

/// <summary>What becomes of readings with time, in a real database.</summary>
public sealed class MetricHistoryTests : IAsyncLifetime
{
    private const string HostId = "nas";
    private static readonly DateTime Noon = new(2026, 6, 15, 12, 0, 0, DateTimeKind.Utc);

    private readonly DataFolder _folder = new(Directory.CreateTempSubdirectory("homelab-history-").FullName);
    private readonly SetClock _clock = new(Noon);
    private readonly MetricsOptions _options = new();
    private readonly ServiceProvider _services;

    public MetricHistoryTests() => _services = new ServiceCollection()
        .AddSingleton<TimeProvider>(_clock).AddLogging().AddData(_folder).AddSingleton(Options.Create(_options))
        .AddSingleton<MetricRoller>().AddSingleton<MetricPruner>().BuildServiceProvider();

    private IDbContextFactory<HomelabDbContext> Databases => _services.GetRequiredService<IDbContextFactory<HomelabDbContext>>();

    public async Task InitializeAsync()
    {
        await _services.GetRequiredService<DatabaseUpgrade>().RunAsync(CancellationToken.None);
        await using var db = await Databases.CreateDbContextAsync();
        db.Add(new Host { Id = HostId, Name = HostId, IpAddress = "192.0.2.1" });
        await db.SaveChangesAsync();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder.Root, recursive: true);
    }

    [Fact]
    public async Task Readings_become_steps_with_minimum_mean_maximum_and_count()
    {
        await ReadAsync((Noon, 10), (Noon.AddMinutes(1), 20), (Noon.AddMinutes(4), 60), (Noon.AddMinutes(5), 2.5), (Noon.AddMinutes(50), 0));
        await RollAsync();

        Assert.Equal([(Noon, 3, 1000, 3000, 6000), (Noon.AddMinutes(5), 1, 250, 250, 250), (Noon.AddMinutes(50), 1, 0, 0, 0)], await StepsAsync(MetricRoller.FiveMinutes));
        Assert.Equal([(Noon, 5, 0, 1850, 6000)], await StepsAsync(MetricRoller.Hour));
    }

    [Fact]
    public async Task What_a_host_could_not_tell_is_unknown_in_its_steps_and_pulls_no_mean_down()
    {
        // A counter that went back, by a wrap or a reboot, gives a reading without a rate.
        await AddAsync(new HostMetric { HostId = HostId, MetricType = "sample", CollectedAt = Noon, NetworkReceiveRate = 4000 });
        await AddAsync(new HostMetric { HostId = HostId, MetricType = "sample", CollectedAt = Noon.AddSeconds(15), NetworkReceiveRate = null });
        await AddAsync(new HostMetric { HostId = HostId, MetricType = "sample", CollectedAt = Noon.AddSeconds(30), NetworkReceiveRate = 2000 });
        await RollAsync();

        await using var db = await Databases.CreateDbContextAsync();
        foreach (var step in await db.Set<HostMetricRollup>().ToListAsync())
        {
            Assert.Equal((3, 2000L, 3000L, 4000L), (step.Count, step.NetworkReceiveRate.Minimum!.Value, step.NetworkReceiveRate.Mean!.Value, step.NetworkReceiveRate.Maximum!.Value));
            Assert.Null(step.CpuUsagePercent.Mean);
        }
    }

    [Fact]
    public async Task Rolling_up_in_the_middle_of_a_step_or_twice_loses_and_doubles_nothing()
    {
        for (var minute = 0; minute < 90; minute++)
        {
            await ReadAsync((Noon.AddMinutes(minute), minute % 50));
            if (minute % 7 == 0)
            {
                await RollAsync();
            }
        }

        await RollAsync();
        var (fives, hours) = (await StepsAsync(MetricRoller.FiveMinutes), await StepsAsync(MetricRoller.Hour));
        Assert.Equal(90, fives.Sum(s => s.Count));
        Assert.Equal([60, 30], hours.Select(h => h.Count));

        // As after a copy of the database was put back that knows of the steps but not how far they go.
        await using (var db = await Databases.CreateDbContextAsync())
        {
            await db.Set<RollupProgress>().ExecuteUpdateAsync(p => p.SetProperty(x => x.LastMetricId, 0));
        }

        await RollAsync();
        Assert.Equal(fives, await StepsAsync(MetricRoller.FiveMinutes));
        Assert.Equal(hours, await StepsAsync(MetricRoller.Hour));
    }

    [Fact]
    public async Task A_batch_that_is_broken_off_is_made_whole_by_the_next()
    {
        await ReadAsync([.. Enumerable.Range(0, 6000).Select(i => (Noon.AddSeconds(15 * i), (double?)(i % 100)))]);
        using var stop = new CancellationTokenSource();
        var broken = _services.GetRequiredService<MetricRoller>().RollAsync(stop.Token);
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => broken);

        await RollAsync();
        Assert.Equal(6000, (await StepsAsync(MetricRoller.FiveMinutes)).Sum(s => s.Count));
        Assert.Equal(6000, (await StepsAsync(MetricRoller.Hour)).Sum(s => s.Count));
        Assert.All(await StepsAsync(MetricRoller.Hour), h => Assert.InRange(h.Count, 1, 240));
    }

    [Fact]
    public async Task A_reading_that_is_there_twice_counts_once()
    {
        await ReadAsync((Noon, 10), (Noon, 10), (Noon.AddSeconds(15), 40));
        await RollAsync();
        Assert.Equal([(Noon, 2, 1000, 2500, 4000)], await StepsAsync(MetricRoller.FiveMinutes));
    }

    [Fact]
    public async Task Readings_after_the_clock_was_set_back_join_the_steps_of_that_time()
    {
        await ReadAsync((Noon, 10), (Noon.AddMinutes(61), 10));
        await RollAsync();
        await ReadAsync((Noon.AddSeconds(20), 30));
        await RollAsync();

        Assert.Equal([(Noon, 2, 1000, 2000, 3000), (Noon.AddHours(1), 1, 1000, 1000, 1000)], await StepsAsync(MetricRoller.Hour));
    }

    [Fact]
    public async Task A_step_whose_readings_are_gone_is_not_replaced_by_a_stray_one()
    {
        await ReadAsync([.. Enumerable.Range(0, 20).Select(i => (Noon.AddSeconds(15 * i), (double?)50))]);
        await RollAsync();
        _clock.Pass(TimeSpan.FromDays(5));
        await ReadAsync((_clock.Now, 1));
        await RollAsync();
        await PruneAsync();

        await ReadAsync((Noon.AddSeconds(3), 99));
        await RollAsync();
        Assert.Contains((Noon, 20, 5000, 5000, 5000), await StepsAsync(MetricRoller.FiveMinutes));
        Assert.Contains((Noon, 20, 5000, 5000, 5000), await StepsAsync(MetricRoller.Hour));
    }

    [Fact]
    public async Task Each_kind_goes_when_its_time_is_over_and_the_newest_reading_stays()
    {
        await ReadAsync((Noon.AddDays(-800), 1), (Noon.AddDays(-40), 2), (Noon.AddDays(-3), 3), (Noon.AddHours(-1), 4));
        await RollAsync();
        await PruneAsync();
        Assert.Equal([Noon.AddHours(-1)], await RawAsync());
        Assert.Equal([3, 4], (await StepsAsync(MetricRoller.FiveMinutes)).Select(s => s.Mean / 100));
        Assert.Equal([2, 3, 4], (await StepsAsync(MetricRoller.Hour)).Select(s => s.Mean / 100));

        _clock.Pass(TimeSpan.FromDays(10));
        await PruneAsync();
        Assert.Equal([Noon.AddHours(-1)], await RawAsync());
    }

    [Fact]
    public async Task What_is_not_rolled_up_yet_is_not_pruned()
    {
        await ReadAsync((Noon.AddDays(-9), 1), (Noon.AddDays(-8), 2), (Noon, 3));
        await PruneAsync();
        Assert.Equal(3, (await RawAsync()).Count);
    }

    [Fact]
    public async Task Readings_of_a_time_to_come_do_not_keep_older_ones_from_going()
    {
        await ReadAsync([.. Enumerable.Range(0, 2500).Select(i => (Noon.AddYears(1).AddSeconds(i), (double?)1))]);
        await ReadAsync((Noon.AddDays(-5), 2), (Noon.AddDays(-4), 2), (Noon.AddMinutes(-1), 3));
        await RollAsync();
        await PruneAsync();
        Assert.DoesNotContain(Noon.AddDays(-5), await RawAsync());
        Assert.Contains(Noon.AddMinutes(-1), await RawAsync());
    }

    [Fact]
    public async Task The_room_on_each_filesystem_is_kept_by_the_hour_and_goes_with_the_5_minute_steps()
    {
        await AddAsync(Full(Noon.AddDays(-31), ("/", 9)), Full(Noon, ("/", 10), ("/srv", 500)), Full(Noon.AddMinutes(30), ("/", 20)));
        await RollAsync();
        await AddAsync(Full(Noon.AddMinutes(59), ("/", 30), ("/srv", 700)), Full(Noon.AddHours(1), ("/", 5)));
        await AddAsync(new HostMetric { HostId = HostId, MetricType = "full", CollectedAt = Noon.AddMinutes(40), DiskInfo = """[{"mount":"/","device":"/dev/sda1","type":"ext4","total_gb":50,"used_gb":30,"usage_percent":60}]""" });
        await RollAsync();
        Assert.Equal([(Noon.AddDays(-31), "/", 1, 9), (Noon, "/", 3, 20), (Noon, "/srv", 2, 600), (Noon.AddHours(1), "/", 1, 5)], await FilesystemsAsync());

        // Made again from the same readings it is the same, and a stray one does not stand for those that are gone.
        await using (var db = await Databases.CreateDbContextAsync())
        {
            await db.Set<RollupProgress>().ExecuteUpdateAsync(p => p.SetProperty(x => x.LastMetricId, 0));
            await db.Set<HostMetric>().Where(m => m.CollectedAt < Noon.AddHours(1)).ExecuteDeleteAsync();
        }

        await AddAsync(Full(Noon.AddMinutes(1), ("/", 1)));
        await RollAsync();
        Assert.Contains((Noon, "/", 3, 20), await FilesystemsAsync());

        await PruneAsync();
        Assert.Equal(3, (await FilesystemsAsync()).Count);
    }

    [Fact]
    public async Task A_host_that_makes_up_filesystems_leaves_only_so_many()
    {
        foreach (var minute in Enumerable.Range(0, 10))
        {
            await AddAsync(Full(Noon.AddMinutes(minute), [.. Enumerable.Range(0, 64).Select(i => ($"/{minute}-{i}", 1e300))]));
        }

        await RollAsync();
        Assert.Equal(64, (await FilesystemsAsync()).Count);
    }

    [Fact]
    public void A_clock_that_was_set_is_not_believed_for_a_while()
    {
        var clock = new SteadyClock(_clock);
        Assert.False(clock.IsSteady());
        _clock.Pass(SteadyClock.Long);
        Assert.True(clock.IsSteady());

        _clock.Set(_clock.Now.AddYears(3));
        Assert.False(clock.IsSteady());
        _clock.Pass(TimeSpan.FromMinutes(5));
        _clock.Set(_clock.Now.AddYears(-3));
        Assert.False(clock.IsSteady());
        _clock.Pass(SteadyClock.Long);
        Assert.True(clock.IsSteady());
    }

    [Fact]
    public async Task A_chart_joins_hours_5_minute_steps_and_raw_readings_without_a_seam()
    {
        var readings = new List<(DateTime, double?)>();
        for (var at = Noon.AddDays(-3); at < Noon; at = at.AddMinutes(2))
        {
            readings.Add((at, 40));
        }

        await ReadAsync([.. readings]);
        await RollAsync();

        // Raw readings of a range whose steps are made would count twice if both were read.
        foreach (var days in new[] { 400, 29, 1 })
        {
            var (plan, buckets) = await ChartAsync(Noon.AddDays(-days), Noon, 300);
            Assert.True(plan.Step > 0);
            Assert.InRange(buckets.Count, 2, 300);
            Assert.All(buckets, b => Assert.Equal(40, b.Figures[0]!.Value.Mean));
            Assert.Equal(readings.Count(r => r.Item1 >= DateTime.UnixEpoch.AddSeconds(buckets[0].Start)), buckets.Sum(b => b.Figures[0]!.Value.Count));
        }

        // Figures that are kept raw alone are there as far as those reach.
        var (_, hidden) = await ChartAsync(Noon.AddDays(-1), Noon, 300, "cpu_load_5m");
        Assert.All(hidden, b => Assert.Null(b.Figures[0]));
    }

    [Fact]
    public async Task The_band_of_a_long_range_keeps_the_extremes_of_single_readings()
    {
        await ReadAsync([.. Enumerable.Range(0, 5000).Select(i => (Noon.AddDays(-20).AddMinutes(5 * i), (double?)(i == 2500 ? 99.5 : 1)))]);
        await RollAsync();
        var (_, buckets) = await ChartAsync(Noon.AddDays(-20), Noon, 50);
        Assert.InRange(buckets.Count, 10, 50);
        Assert.Equal(99.5, buckets.Max(b => b.Figures[0]!.Value.Maximum));
        Assert.InRange(buckets.Max(b => b.Figures[0]!.Value.Mean), 1, 5);
    }

    [Theory]
    [InlineData(1, 300, 0, 15)]
    [InlineData(6, 300, 0, 73)]
    [InlineData(24, 300, 300, 300)]
    [InlineData(24 * 7, 300, 300, 2100)]
    [InlineData(24 * 30, 300, 3600, 10800)]
    [InlineData(24 * 30, 2000, 300, 1500)]
    [InlineData(24 * 365, 300, 3600, 108000)]
    public void A_chart_takes_the_steps_that_suit_its_width(int hours, int points, int step, int resolution)
    {
        var plan = SeriesPlan.Of(Noon.AddHours(-hours), Noon, points, Noon, 15, _options);
        Assert.Equal((step, resolution), (plan.Step, plan.Resolution));
    }

    [Fact]
    public void A_look_at_an_hour_of_last_month_takes_the_steps_that_are_still_there()
    {
        Assert.Equal(new SeriesPlan(300, 300), SeriesPlan.Of(Noon.AddDays(-10), Noon.AddDays(-10).AddHours(1), 300, Noon, 15, _options));
        Assert.Equal(new SeriesPlan(3600, 3600), SeriesPlan.Of(Noon.AddDays(-100), Noon.AddDays(-100).AddHours(1), 300, Noon, 15, _options));
    }

    [Fact]
    public async Task The_size_of_rows_is_told_from_real_ones()
    {
        await ReadAsync([.. Enumerable.Range(0, 5000).Select(i => (Noon.AddSeconds(15 * i), (double?)(i % 1000 / 10.0)))]);
        await RollAsync();
        var file = _services.GetRequiredService<DatabaseFile>();
        await using var db = await Databases.CreateDbContextAsync();
        var real = await TableSize.OfAsync(db, "host_metrics") / 5000.0;
        var told = await file.RowBytesAsync("host_metrics", "id > 0", "id DESC", ["host_id", "collected_at"], CancellationToken.None);
        Assert.InRange(told!.Value / 0.9, real * 0.8, real * 1.25);
        Assert.Null(await file.RowBytesAsync("tasks", "id > ''", "id", [], CancellationToken.None));
    }

    [Fact]
    public async Task Steps_lie_in_the_order_of_their_key_and_free_room_is_given_back()
    {
        await using (var db = await Databases.CreateDbContextAsync())
        {
            await db.Database.OpenConnectionAsync();
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = "SELECT sql FROM sqlite_master WHERE name = 'host_metric_rollups'";
            Assert.EndsWith("WITHOUT ROWID", (string)(await command.ExecuteScalarAsync())!, StringComparison.Ordinal);
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TABLE ballast (x BLOB); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO ballast SELECT zeroblob(1000000) FROM n");
            await db.Database.ExecuteSqlRawAsync("DELETE FROM ballast");
        }

        var file = _services.GetRequiredService<DatabaseFile>();
        var before = await file.SizeAsync(CancellationToken.None);
        Assert.InRange(before.Free, 40_000_000, 60_000_000);
        await file.ShrinkAsync(CancellationToken.None);
        Assert.InRange((await file.SizeAsync(CancellationToken.None)).Free, 1, 17_000_000);
    }

    private async Task ReadAsync(params (DateTime At, double? Cpu)[] readings) => await AddAsync([.. readings.Select(r =>
        new HostMetric { HostId = HostId, MetricType = "sample", CollectedAt = r.At, CpuUsagePercent = r.Cpu })]);

    private async Task AddAsync(params HostMetric[] rows)
    {
        await using var db = await Databases.CreateDbContextAsync();
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }

    private static HostMetric Full(DateTime at, params (string Mount, double AvailableGb)[] filesystems) => new()
    {
        HostId = HostId,
        MetricType = "full",
        CollectedAt = at,
        DiskInfo = System.Text.Json.JsonSerializer.Serialize(filesystems.Select(f => new { mount = f.Mount, device = f.Mount, type = "ext4", total_gb = 50.0, used_gb = 1.0, usage_percent = 2.0, available_gb = f.AvailableGb })),
    };

    private async Task<List<(DateTime Start, string Mount, int Count, long AvailableGb)>> FilesystemsAsync()
    {
        await using var db = await Databases.CreateDbContextAsync();
        return [.. (await db.Set<FilesystemHour>().AsNoTracking().OrderBy(h => h.Start).ThenBy(h => h.Mount).ToListAsync())
            .Select(h => (DateTime.UnixEpoch.AddSeconds(h.Start), h.Mount, h.Count, h.AvailableMb / 1024))];
    }

    private Task RollAsync() => _services.GetRequiredService<MetricRoller>().RollAsync(CancellationToken.None);

    private Task<int> PruneAsync() => _services.GetRequiredService<MetricPruner>().PruneAsync(CancellationToken.None);

    private async Task<List<DateTime>> RawAsync()
    {
        await using var db = await Databases.CreateDbContextAsync();
        return await db.Set<HostMetric>().OrderBy(m => m.CollectedAt).Select(m => m.CollectedAt).ToListAsync();
    }

    private async Task<List<(DateTime Start, int Count, int Minimum, int Mean, int Maximum)>> StepsAsync(int step)
    {
        await using var db = await Databases.CreateDbContextAsync();
        return [.. (await db.Set<HostMetricRollup>().AsNoTracking().Where(r => r.StepSeconds == step).OrderBy(r => r.Start).ToListAsync()).Select(r =>
            (DateTime.UnixEpoch.AddSeconds(r.Start), r.Count, (int)r.CpuUsagePercent.Minimum!, (int)r.CpuUsagePercent.Mean!, (int)r.CpuUsagePercent.Maximum!))];
    }

    private async Task<(SeriesPlan Plan, IReadOnlyList<TimeBucket> Buckets)> ChartAsync(DateTime from, DateTime to, int points, string name = "cpu_usage_percent")
    {
        await using var db = await Databases.CreateDbContextAsync();
        var plan = SeriesPlan.Of(from, to, points, _clock.Now, 15, _options);
        return (plan, await MetricSeriesReader.ReadAsync(db, HostId, [name], from, to, plan, _clock.Now, CancellationToken.None));
    }
}
