using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Tests.Browser;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// Seventy hosts' worth of events through real Ansible and the real callback: how far what a program is told lags behind, how many
/// lines a second there are, and what memory the dashboard takes. The hosts are one real sshd on as many addresses.
/// </summary>
internal static class AutomationBenchmark
{
    private const int Hosts = 70;
    private const int ManyLines = 1_000_000;
    private const int LinesOfTask = ManyLines / (RunWriter.MostEvents / (1 + (2 * Hosts)));
    private const int Looks = 20;
    private const string Username = "bench";
    private const string Password = "correct horse battery";

    /// <summary>Tasks on the controller alone, so that it is the events that are measured and not the machine's hosts.</summary>
    private const string Playbook = """
        - name: Many events
          hosts: all
          gather_facts: false
          tasks:
            - name: Say much
              ansible.builtin.debug:
                msg: "{{ ('line of the output ' * 4 + '\n') * 20 }}"
              loop: "{{ range(20) | list }}"
            - name: Say little
              ansible.builtin.debug:
                msg: done
        """;

    public static async Task RunAsync()
    {
        await using var server = await SshServer.StartAsync("0.0.0.0");
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = Username, ["HOMELAB_ADMIN_PASSWORD"] = Password }, program: Published.Program);
        using var api = await ApiClient.SignInAsync(dashboard.Address, Username, Password);
        server.Authorize(await api.PublicKeyAsync());
        for (var i = 0; i < Hosts; i++)
        {
            await api.ConnectAsync(server, "host-" + i.ToString(CultureInfo.InvariantCulture), "127.0.0." + (i + 2).ToString(CultureInfo.InvariantCulture));
        }

        await File.WriteAllTextAsync(Path.Combine(dashboard.Folder, "playbooks", "bench.yml"), Playbook);
        var token = (await api.PostAsync("auth/token", new { username = Username, password = Password })).GetProperty("token").GetString();
        using var http = new HttpClient { BaseAddress = dashboard.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var process = Process.GetProcessById(dashboard.Pid);
        process.Refresh();
        var (before, begun) = (process.WorkingSet64, Stopwatch.GetTimestamp());
        var task = (await api.PostAsync("playbooks/bench.yml/run", new { target = "all" })).GetProperty("task_id").GetString();
        var lag = new Figures();
        using var stream = await http.GetStreamAsync(new Uri($"/api/v1/tasks/{task}/events", UriKind.Relative));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                using var told = JsonDocument.Parse(line[5..]);
                if (told.RootElement.TryGetProperty("at", out var at) && at.TryGetDouble(out var seconds))
                {
                    lag.Add((TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0 - seconds) * 1000);
                }
            }
        }

        var took = Stopwatch.GetElapsedTime(begun);
        process.Refresh();
        var run = await api.GetAsync($"tasks/{task}");
        var lines = run.GetProperty("lines").GetInt64();
        Print($"{Hosts} hosts, {run.GetProperty("status").GetString()}: {lines} lines in {took.TotalSeconds:0.0} s, {lines / took.TotalSeconds:0} lines a second");
        Print($"from the callback to a program that follows: {lag}, p95 {lag.P95:0} ms");
        Print($"memory of the dashboard (RSS): {before / 1e6:0} MB before, {process.WorkingSet64 / 1e6:0} MB after");
        await ReadAsync(dashboard, task!);
    }

    /// <summary>One task on all hosts, as the callback tells of it.</summary>
    private static void Tell(RunWriter writer, int number)
    {
        var task = "task-" + number.ToString(CultureInfo.InvariantCulture);
        writer.Event(new RunEvent { E = "task", Id = task, Name = "Do number " + number.ToString(CultureInfo.InvariantCulture), Action = "command", Line = writer.Lines }.ToJson());
        for (var host = 0; host < Hosts; host++)
        {
            var name = "host-" + host.ToString(CultureInfo.InvariantCulture);
            writer.Event(new RunEvent { E = "start", Task = task, Host = name, At = number, Line = writer.Lines }.ToJson());
            writer.Event(new RunEvent { E = "result", Task = task, Host = name, At = number, Status = "ok", Ms = 120, Line = writer.Lines }.ToJson());
        }
    }

    /// <summary>A million lines and as many events as are kept, in Chromium: opened, gone to and searched.</summary>
    private static async Task ReadAsync(RunningDashboard dashboard, string task)
    {
        using (var writer = new RunWriter(new RunFiles(Path.Combine(dashboard.Folder, "runs")), task, long.MaxValue))
        {
            writer.Event(new RunEvent { E = "play", Id = "play", Name = "Many tasks", Line = 0 }.ToJson());
            for (var i = 0; i < ManyLines; i++)
            {
                if (i % LinesOfTask == 0)
                {
                    Tell(writer, i / LinesOfTask);
                }

                writer.Line(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\x1b[0;32mok: [host-{i % Hosts}] => line {i + 1} of the output\x1b[0m")));
            }
        }

        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(dashboard.Folder, "homelab.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE tasks SET result_data = json_set(result_data, '$.lines', @lines)";
            command.Parameters.AddWithValue("@lines", ManyLines);
            await command.ExecuteNonQueryAsync();
        }

        var browser = new BrowserFixture();
        await browser.InitializeAsync();
        try
        {
            await using var context = await browser.NewContextAsync();
            var page = await context.NewPageAsync();
            await page.GotoAsync(dashboard.Address.ToString());
            await page.SignInAsync(Username, Password);
            await page.GetByText("host-1").First.WaitForAsync();
            var (opened, clicked, trees, jumps, searches) = (new Figures(), new Figures(), new Figures(), new Figures(), new Figures());
            var random = new Random(1);
            for (var i = 0; i < Looks; i++)
            {
                await opened.MeasureAsync(async () =>
                {
                    await page.GotoAsync(new Uri(dashboard.Address, $"/automation/runs/{task}").ToString(), new() { WaitUntil = WaitUntilState.Commit });
                    await SeenAsync(".run-rows", "of the output");
                });
            }

            var link = page.Locator($"td a[href='/automation/runs/{task}']");
            for (var i = 0; i < Looks; i++)
            {
                await page.GotoAsync(new Uri(dashboard.Address, "/automation/runs").ToString());
                await link.HoverAsync();
                await trees.MeasureAsync(async () =>
                {
                    await clicked.MeasureAsync(async () =>
                    {
                        await link.ClickAsync();
                        await SeenAsync(".run-rows", "of the output");
                    });
                    await SeenAsync(".matrix", "Do number");
                });
            }

            for (var i = 0; i < Looks; i++)
            {
                var line = random.Next(1, ManyLines).ToString(CultureInfo.InvariantCulture);
                await page.GetByLabel("Go to line").FillAsync(line);
                await jumps.MeasureAsync(async () =>
                {
                    await page.GetByLabel("Go to line").PressAsync("Enter");
                    await SeenAsync(".run-row.marked", $"line {line} of");
                });
            }

            for (var i = 0; i < Looks; i++)
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"line {random.Next(1, ManyLines)} of");
                await page.GetByLabel("Find in the output").FillAsync(text);
                await searches.MeasureAsync(async () =>
                {
                    await page.GetByLabel("Find in the output").PressAsync("Enter");
                    await SeenAsync(".run-row.marked", text);
                });
            }

            Print($"a run of {ManyLines} lines in Chromium, from its address to its lines: {opened}; from a click on it among the runs: {clicked}, to its tasks: {trees}; to a line: {jumps}; found: {searches}");

            Task SeenAsync(string place, string text) => page.WaitForFunctionAsync(
                "([place, text]) => document.querySelector(place)?.textContent.includes(text)", new[] { place, text }, new() { PollingInterval = 5 });
        }
        finally
        {
            await browser.DisposeAsync();
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
