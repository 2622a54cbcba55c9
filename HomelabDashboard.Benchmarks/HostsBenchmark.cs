using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;

namespace HomelabDashboard.Benchmarks;

/// <summary>A hundred hosts, which are one real sshd on as many addresses: what sampling them costs, and how fast a year of them is drawn.</summary>
internal static class HostsBenchmark
{
    private const int Hosts = 100;
    private const int Queries = 200;
    private const string Username = "bench";
    private const string Password = "correct horse battery";
    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(double minutes)
    {
        var folder = Directory.CreateTempSubdirectory("homelab-bench-hosts-");
        try
        {
            // An sshd takes 16 addresses to listen on at the most, or all of them.
            await using var server = await SshServer.StartAsync("0.0.0.0");
            var ids = await SampleAsync(server, folder.FullName, minutes);
            await FillAsync(Path.Combine(folder.FullName, "homelab.db"));
            await DrawAsync(folder.FullName, ids);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<RunningDashboard> StartAsync(string folder) => RunningDashboard.StartAsync(
        new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = Username, ["HOMELAB_ADMIN_PASSWORD"] = Password }, folder: folder, program: Published.Program);

    private static async Task<List<string>> SampleAsync(SshServer server, string folder, double minutes)
    {
        await using var dashboard = await StartAsync(folder);
        using var api = await ApiClient.SignInAsync(dashboard.Address, Username, Password);
        server.Authorize(await api.PublicKeyAsync());
        var ids = new List<string>();
        for (var i = 0; i < Hosts; i++)
        {
            ids.Add(await api.ConnectAsync(server, "host-" + i.ToString(CultureInfo.InvariantCulture), "127.0.0." + (i + 2).ToString(CultureInfo.InvariantCulture)));
        }

        await Task.Delay(WarmUp);
        using var process = Process.GetProcessById(dashboard.Pid);
        var (cpu, written, rows, begun) = (process.TotalProcessorTime, Written(dashboard.Pid), Readings(folder), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromMinutes(minutes));
        process.Refresh();
        var passed = Stopwatch.GetElapsedTime(begun);
        Print($"{Hosts} hosts for {passed.TotalMinutes:0.0} min: {(process.TotalProcessorTime - cpu) / passed * 100:0.0} % of a core, {process.WorkingSet64 / 1e6:0} MB (RSS)");
        Print($"written to disk: {(Written(dashboard.Pid) - written) / 1e6 / passed.TotalHours:0} MB an hour, {Readings(folder) - rows} readings in that time");
        Print($"logins since the start: {server.Logins}");
        return ids;
    }

    /// <summary>Bytes that the process has caused to be sent to the disk: proc(5), /proc/pid/io.</summary>
    private static long Written(int pid) => long.Parse(
        File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/io").First(l => l.StartsWith("write_bytes:", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    private static long Readings(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "homelab.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM host_metrics";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>What a year leaves of every host: 30 days of 5-minute steps and a year of hours.</summary>
    private static async Task FillAsync(string database)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync();
        var begun = Stopwatch.GetTimestamp();
        foreach (var (step, days) in new[] { (300, 30), (3600, 365) })
        {
            string[] columns = ["cpu_usage_percent", "cpu_load_1m", "cpu_temperature", "memory_usage_percent", "swap_usage_percent", "disk_root_usage_percent", "network_receive_rate", "network_transmit_rate", "disk_read_rate", "disk_write_rate"];
            var names = string.Join(", ", columns.Select(c => $"{c}_minimum, {c}_mean, {c}_maximum"));
            var values = string.Join(", ", columns.Select((c, i) => c.EndsWith("rate", StringComparison.Ordinal)
                ? $"abs(random() % 5000), 20000 + abs(random() % 90000), 200000 + abs(random() % {(i + 1).ToString(CultureInfo.InvariantCulture)}000000)"
                : "abs(random() % 1000), 2000 + abs(random() % 3000), 6000 + abs(random() % 4000)"));
            await using var command = connection.CreateCommand();
            command.CommandText = $"""
                WITH RECURSIVE at(t) AS (SELECT CAST(strftime('%s', 'now') AS INTEGER) / @step * @step - @days * 86400 UNION ALL SELECT t + @step FROM at WHERE t < CAST(strftime('%s', 'now') AS INTEGER) - 4 * @step)
                INSERT OR IGNORE INTO host_metric_rollups (host_id, step_seconds, start, count, uptime_seconds, {names})
                SELECT id, @step, t, @step / 15, t - 1700000000, {values} FROM hosts, at
                """;
            command.CommandTimeout = 600;
            command.Parameters.AddWithValue("@step", step);
            command.Parameters.AddWithValue("@days", days);
            await command.ExecuteNonQueryAsync();
        }

        Print($"a year of {Hosts} hosts written in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s, database {new FileInfo(database).Length / 1e6:0} MB");
    }

    private static async Task DrawAsync(string folder, List<string> ids)
    {
        await using var dashboard = await StartAsync(folder);
        using var api = await ApiClient.SignInAsync(dashboard.Address, Username, Password);

        // Not while a hundred hosts are just being connected.
        await Until.TrueAsync(
            async () => (await api.GetAsync("hosts?status=online&limit=500")).GetProperty("items").GetArrayLength() == Hosts, "all hosts are back", TimeSpan.FromMinutes(3));
        await Task.Delay(WarmUp);
        const string All = "cpu_usage_percent,memory_usage_percent,disk_read_rate,disk_write_rate,network_receive_rate,network_transmit_rate";
        foreach (var (figures, days, points) in new[] { ("cpu_usage_percent", 30, 300), (All, 1, 300), (All, 30, 300), (All, 30, 2000), (All, 365, 300) })
        {
            var times = new Figures();
            var count = 0;
            for (var i = 0; i < Queries; i++)
            {
                var from = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - (days * 86400L);
                JsonElement answer = default;
                await times.MeasureAsync(async () => answer = await api.GetAsync($"hosts/{ids[i * 37 % Hosts]}/metrics?metrics={figures}&from={from.ToString(CultureInfo.InvariantCulture)}&points={points.ToString(CultureInfo.InvariantCulture)}&band=true"));
                count = answer.GetProperty("series").GetProperty("cpu_usage_percent").GetArrayLength();
            }

            Print($"{figures.Split(',').Length} figures with their bands over {days} days, {count} points, by HTTP: {times}, p95 {times.P95:0.00} ms");
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
