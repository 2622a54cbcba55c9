using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Metrics;

/// <summary>What the settings say the history will take, against what it takes then.</summary>
public sealed class HistoryUseTests
{
    private const int Hosts = 20;
    private const int RawHours = 4;
    private const int FiveMinuteDays = 2;
    private const int HourDays = 20;

    [Fact]
    public async Task The_size_that_is_foretold_after_an_hour_is_about_the_one_that_comes()
    {
        await using var app = TestApp.Start(new Dictionary<string, string>
        {
            ["Homelab:Metrics:KeepRawHours"] = RawHours.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Homelab:Metrics:KeepFiveMinuteDays"] = FiveMinuteDays.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Homelab:Metrics:KeepHourDays"] = HourDays.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        db.AddRange(Enumerable.Range(0, Hosts).Select(i => new Host { Id = $"host-{i:000}-id", Name = $"host-{i}", IpAddress = "192.0.2.1", Enabled = false }));
        await db.SaveChangesAsync();

        Assert.Null((await UseAsync(app)).Settled);
        await LiveAsync(db, rawHours: 1, fiveMinuteHours: 1, hours: 1);
        var early = await UseAsync(app);
        Assert.True(early.Settled > early.OnDisk);

        await LiveAsync(db, RawHours, FiveMinuteDays * 24, HourDays * 24);
        var late = await UseAsync(app);
        var real = (await app.Services.GetRequiredService<DatabaseFile>().SizeAsync(CancellationToken.None)).Used;
        Assert.InRange((double)early.Settled.Value / real, 0.8, 1.25);
        Assert.InRange((double)late.Settled!.Value / real, 0.85, 1.15);

        // Each kind by itself, too, and all of it together is what is there.
        foreach (var kind in late.Kinds)
        {
            Assert.InRange((double)kind.Bytes / await BytesAsync(db, kind.Content), 0.6, 1.6);
            Assert.InRange((double)early.Kinds.Single(k => k.Content == kind.Content).SettledBytes / kind.SettledBytes, 0.8, 1.25);
        }

        Assert.Equal(real, late.OtherBytes + late.Kinds.Sum(k => k.Bytes));
    }

    private static Task<HistoryUse> UseAsync(TestApp app) =>
        app.AsAsync(UserRole.Admin, services => services.GetRequiredService<HistoryUseService>().GetAsync(CancellationToken.None));

    /// <summary>What so many hours leave, in the order in which it is written: all hosts side by side, with their full readings at the same time.</summary>
    private static async Task LiveAsync(HomelabDbContext db, int rawHours, int fiveMinuteHours, int hours)
    {
        string[] rolled = ["cpu_usage_percent", "cpu_load_1m", "memory_usage_percent", "swap_usage_percent", "disk_root_usage_percent", "network_receive_rate", "network_transmit_rate", "disk_read_rate", "disk_write_rate"];
        var facts = new string('x', 900);
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $$"""
            DELETE FROM host_metrics;
            DELETE FROM host_metric_rollups;
            DELETE FROM host_filesystem_hours;
            WITH RECURSIVE n(i) AS (SELECT {{rawHours * 240}} UNION ALL SELECT i - 1 FROM n WHERE i > 0)
            INSERT INTO host_metrics (host_id, metric_type, cpu_usage_percent, cpu_load_1m, cpu_load_5m, cpu_load_15m, memory_total_mb, memory_used_mb, memory_free_mb, memory_usage_percent,
                disk_root_total_gb, disk_root_used_gb, disk_root_usage_percent, network_receive_rate, network_transmit_rate, disk_read_rate, disk_write_rate, uptime_seconds,
                disk_info, network_info, raw_data, disk_devices, collection_source, collected_at, created_at)
            SELECT id, iif(i % 20 = 0, 'full', 'sample'), abs(random() % 10000) / 100.0, 0.5, 0.25, 0.1, 32000, 12000 + i, 20000 - i, abs(random() % 10000) / 100.0,
                465.123456, 120.5 + i / 1000.0, 25.91, abs(random() % 1000000), abs(random() % 1000000), abs(random() % 1000000), abs(random() % 1000000), 1000000 - i,
                iif(i % 20 = 0, '{{facts}}', NULL), iif(i % 20 = 0, '{{facts}}', NULL), iif(i % 20 = 0, '{{facts}}', NULL), '[]', 'ssh',
                strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (i * 15) || ' seconds') || '1234', strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (i * 15) || ' seconds') || '5678'
            FROM n, hosts;
            {{Steps(300, fiveMinuteHours)}}
            {{Steps(3600, hours)}}
            WITH RECURSIVE n(i) AS (SELECT {{fiveMinuteHours}} UNION ALL SELECT i - 1 FROM n WHERE i > 1), mounts(mount) AS (VALUES ('/'), ('/boot/efi'), ('/srv/media'))
            INSERT INTO host_filesystem_hours (host_id, start, mount, count, available_mb)
            SELECT id, CAST(strftime('%s', 'now') AS INTEGER) / 3600 * 3600 - i * 3600, mount, 12, 400000 + abs(random() % 1000) FROM n, hosts, mounts;
            """;
        await command.ExecuteNonQueryAsync();

        string Steps(int step, int length) => $"""
            WITH RECURSIVE n(i) AS (SELECT {length * 3600 / step} UNION ALL SELECT i - 1 FROM n WHERE i > 1)
            INSERT INTO host_metric_rollups (host_id, step_seconds, start, count, uptime_seconds, {string.Join(", ", rolled.Select(c => $"{c}_minimum, {c}_mean, {c}_maximum"))})
            SELECT id, {step}, CAST(strftime('%s', 'now') AS INTEGER) / {step} * {step} - i * {step}, {step / 15}, 1000000 - i,
                {string.Join(", ", rolled.Select(_ => "abs(random() % 1000), 1000 + abs(random() % 3000), 5000 + abs(random() % 90000)"))}
            FROM n, hosts;
            """;
    }

    private static async Task<long> BytesAsync(HomelabDbContext db, HistoryContent content)
    {
        var table = content switch
        {
            HistoryContent.Readings => "host_metrics",
            HistoryContent.Filesystems => "host_filesystem_hours",
            _ => "host_metric_rollups",
        };
        var bytes = await TableSize.OfAsync(db, table);
        if (content is not (HistoryContent.FiveMinutes or HistoryContent.Hours))
        {
            return bytes;
        }

        // Both kinds of steps are in one table, with rows of one size.
        var step = content == HistoryContent.Hours ? 3600 : 300;
        var steps = db.Database.SqlQuery<double>($"SELECT AVG(step_seconds = {step}) AS Value FROM host_metric_rollups");
        return (long)(bytes * await steps.SingleAsync());
    }
}
