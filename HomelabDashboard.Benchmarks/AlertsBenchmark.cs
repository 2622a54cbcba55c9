using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.LogSearch;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// What the rules cost with a hundred hosts, ten thousand alerts in a minute on their way to a real receiver, and searches of a long log; the
/// program is in this process, with a real database.
/// </summary>
internal static class AlertsBenchmark
{
    private const int Hosts = 100;
    private const int Rules = 30;
    private const int Looks = 200;
    private const int Searches = 400;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);

    /// <param name="alerts">How many within a minute.</param>
    /// <param name="lines">Of the log.</param>
    public static async Task RunAsync(int alerts, int lines)
    {
        await RulesAsync();
        await FloodAsync(alerts);
        await SearchAsync(lines);
    }

    private static async Task RulesAsync()
    {
        await using var app = TestApp.Start();
        var evaluator = app.Services.GetRequiredService<RuleEvaluator>();
        await FillRulesAsync(app);
        for (var i = 0; i < 20; i++)
        {
            Read(app, i);
            evaluator.Look();
        }

        var times = new Figures();
        var allocated = 0L;
        for (var i = 0; i < Looks; i++)
        {
            Read(app, i);
            var (before, begun) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            evaluator.Look();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Print($"{Hosts} hosts, {Rules} rules, one look: {times}, {allocated / 1e3 / Looks:0} kB; each {Between.TotalSeconds:0} s that is {times.P50 / Between.TotalMilliseconds * 100:0.000} % of a core, at p99 {times.P99 / Between.TotalMilliseconds * 100:0.000} %");
    }

    private static async Task FillRulesAsync(TestApp app)
    {
        await using (var db = await Database(app))
        {
            for (var i = 0; i < Hosts; i++)
            {
                db.Add(new Host { Id = Name(i), Name = Name(i), IpAddress = $"192.0.2.{i + 1}", Tags = [i % 2 == 0 ? "even" : "odd"], AnsibleGroup = i % 3 == 0 ? "web" : "db" });
            }

            // The starting ones, and more of those that look at each filesystem and each reading.
            AlertRuleKind[] kinds = [AlertRuleKind.Filesystem, AlertRuleKind.Cpu, AlertRuleKind.Memory, AlertRuleKind.Temperature, AlertRuleKind.FillForecast, AlertRuleKind.Load];
            for (var i = await db.Set<AlertRule>().CountAsync(); i < Rules; i++)
            {
                db.Add(new AlertRule { Name = $"Rule {i}", Kind = kinds[i % kinds.Length], Threshold = 50, DurationSeconds = 60, Enabled = true, Tags = i % 4 == 0 ? ["even"] : [], Groups = i % 4 == 1 ? ["web"] : [] });
            }

            await db.SaveChangesAsync();
        }

        await app.Services.GetRequiredService<HostBoard>().ReloadAsync(CancellationToken.None);
        await app.Services.GetRequiredService<RuleBook>().ReloadAsync(CancellationToken.None);
        var hosts = app.Services.GetRequiredService<LiveStore<string, HostSummary>>();
        for (var i = 0; i < Hosts; i++)
        {
            hosts.Update(Name(i), h => h! with { Status = HostStatus.Online, Reachable = true });
        }
    }

    /// <summary>A reading of every host: a few of them in trouble, now these and now those.</summary>
    private static void Read(TestApp app, int round)
    {
        var readings = app.Services.GetRequiredService<LiveStore<string, HostReading>>();
        for (var i = 0; i < Hosts; i++)
        {
            var isBusy = (i + (round / 20)) % 10 == 0;
            readings.Set(Name(i), new HostReading(
                new MetricSample
                {
                    CollectedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
                    CpuCount = 4,
                    CpuUsagePercent = isBusy ? 97 : 12,
                    CpuLoad5m = 1,
                    MemoryUsagePercent = isBusy ? 96 : 40,
                    SwapUsagePercent = 3,
                    SwapTotalMb = 1024,
                    CpuTemperature = 45,
                    Filesystems = [.. Enumerable.Range(0, 6).Select(f => new Filesystem($"/mnt/{f}", "/dev/sda", "ext4", 100, 60, 55))],
                },
                []));
        }
    }

    private static async Task FloodAsync(int count)
    {
        await using var receiver = new Receiver();
        await receiver.StartAsync();
        await using var app = TestApp.Start();
        var book = app.Services.GetRequiredService<AlertBook>();
        var added = await app.AsAsync(UserRole.Admin, s => s.GetRequiredService<ChannelService>().AddAsync(
            new ChannelInput("hook", ChannelKind.Webhook, Secret: receiver.Address, AllowPrivateHost: true), CancellationToken.None));
        _ = added.Value;
        var before = Memory();
        var (mostWaiting, mostMemory, begun) = (0, 0L, Stopwatch.GetTimestamp());
        for (var i = 0; i < count; i++)
        {
            book.Raise($"bench {i}", new AlertSignal(AlertCategory.System, AlertLevel.Warning, $"Number {i}", "A sentence of the length that such sentences have, with what to do.", "bench"));
            mostWaiting = Math.Max(mostWaiting, book.Waiting);
            if (i % 100 == 99)
            {
                mostMemory = Math.Max(mostMemory, GC.GetTotalMemory(forceFullCollection: false));
                var due = TimeSpan.FromMinutes(1) * (i + 1) / count - Stopwatch.GetElapsedTime(begun);
                await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
            }
        }

        var raised = Stopwatch.GetElapsedTime(begun);
        while (receiver.Titles.Count < count && Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(15))
        {
            mostMemory = Math.Max(mostMemory, GC.GetTotalMemory(forceFullCollection: false));
            await Task.Delay(200);
        }

        var took = Stopwatch.GetElapsedTime(begun);
        await using var db = await Database(app);
        var rows = await db.Set<Alert>().CountAsync(a => a.Source == "bench");
        Print($"{count} alerts raised in {raised.TotalSeconds:0} s: {rows} in the table, {receiver.Titles.Count} told in {receiver.Messages} messages after {took.TotalSeconds:0} s, {receiver.Doubled} told twice");
        Print($"most that waited for the table: {mostWaiting}; memory of the heap {before / 1e6:0} MB before, at most {mostMemory / 1e6:0} MB, {Memory() / 1e6:0} MB after");
    }

    private static async Task SearchAsync(int lines)
    {
        await using var app = TestApp.Start();
        var begun = Stopwatch.GetTimestamp();
        await FillLogAsync(app, lines);
        Print($"{lines} lines of the log written in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s");

        // What people look for: a word, two, the beginning of one, a host, its errors, a day, and mixes of these.
        var random = new Random(7);
        var all = new Figures();
        await app.AsAsync(UserRole.Viewer, async services =>
        {
            var search = services.GetRequiredService<LogSearchService>();
            for (var i = 0; i < Searches; i++)
            {
                var filter = new LogFilter(
                    Source: i % 4 == 1 ? "docker" : null,
                    HostId: i % 3 == 1 ? Name(random.Next(Hosts)) : null,
                    Text: (i % 5) switch { 0 => Words[random.Next(Words.Length)], 1 => $"{Words[random.Next(Words.Length)]} {Words[random.Next(Words.Length)]}", 2 => Words[random.Next(Words.Length)][..4], 3 => $"request {random.Next(lines)}", _ => null },
                    From: i % 7 == 0 ? TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2) : null)
                {
                    Levels = i % 6 == 2 ? new HashSet<LogEntryLevel> { LogEntryLevel.Error, LogEntryLevel.Critical } : new HashSet<LogEntryLevel>(),
                };
                await all.MeasureAsync(() => search.ListAsync(filter, 51, null, null, CancellationToken.None));
            }

            return true;
        });
        Print($"search of {lines} lines, newest 50: {all}, p95 {all.P95:0.00} ms");
    }

    private static readonly string[] Words = ["connection", "container", "started", "stopped", "schedule", "playbook", "failed", "password", "terminal", "certificate", "filesystem", "restarted", "unreachable", "backup", "network"];

    private static async Task FillLogAsync(TestApp app, int lines)
    {
        await using (var db = await Database(app))
        {
            for (var i = 0; i < Hosts; i++)
            {
                db.Add(new Host { Id = Name(i), Name = Name(i), IpAddress = $"192.0.2.{i + 1}" });
            }

            await db.SaveChangesAsync();
        }

        await using var connection = new SqliteConnection($"Data Source={Path.Combine(app.Folder, "homelab.db")};Pooling=False;Default Timeout=600");
        await connection.OpenAsync();
        const int Part = 100_000;
        var words = string.Join(" ", Words.Select((w, i) => $"WHEN {i.ToString(CultureInfo.InvariantCulture)} THEN '{w}'"));
        string Word(int salt) => $"CASE abs(random() / {salt.ToString(CultureInfo.InvariantCulture)}) % {Words.Length.ToString(CultureInfo.InvariantCulture)} {words} END";
        for (var done = 0; done < lines; done += Part)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"""
                WITH RECURSIVE n(i) AS (SELECT @from UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @until)
                INSERT INTO logs (level, source, message, host_id, created_at)
                SELECT CASE abs(random()) % 20 WHEN 0 THEN 'error' WHEN 1 THEN 'warning' WHEN 2 THEN 'warning' ELSE 'info' END,
                    CASE abs(random()) % 4 WHEN 0 THEN 'docker' WHEN 1 THEN 'hosts' WHEN 2 THEN 'schedules' ELSE 'sign-in' END,
                    {Word(1)} || ' ' || {Word(2)} || ' ' || {Word(3)} || ' of request ' || i,
                    'host-' || abs(random()) % {Hosts.ToString(CultureInfo.InvariantCulture)},
                    strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || ((@lines - i) * 30 * 86400 / @lines) || ' seconds') || '.0000000'
                FROM n
                """;
            command.Parameters.AddWithValue("@from", done);
            command.Parameters.AddWithValue("@until", Math.Min(lines, done + Part));
            command.Parameters.AddWithValue("@lines", lines);
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string Name(int host) => "host-" + host.ToString(CultureInfo.InvariantCulture);

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static Task<HomelabDbContext> Database(TestApp app) => app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A web server on loopback that keeps which alerts it was told of.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private int _messages;
        private int _doubled;

        public Receiver()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(TakeAsync);
        }

        public ConcurrentDictionary<string, bool> Titles { get; } = new(StringComparer.Ordinal);

        public string Address => _app.Urls.First();

        public int Messages => _messages;

        public int Doubled => _doubled;

        public Task StartAsync() => _app.StartAsync();

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var told = await JsonDocument.ParseAsync(context.Request.Body);
            Interlocked.Increment(ref _messages);
            foreach (var alert in told.RootElement.GetProperty("alerts").EnumerateArray())
            {
                if (!Titles.TryAdd(alert.GetProperty("title").GetString()!, true))
                {
                    Interlocked.Increment(ref _doubled);
                }
            }
        }
    }
}
