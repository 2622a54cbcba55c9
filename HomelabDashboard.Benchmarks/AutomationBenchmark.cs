using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// Seventy hosts' worth of events through real Ansible and the real callback: how far what a program is told lags behind, how many
/// lines a second there are, and what memory the dashboard takes. The hosts are one real sshd on as many addresses.
/// </summary>
internal static class AutomationBenchmark
{
    private const int Hosts = 70;
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
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
