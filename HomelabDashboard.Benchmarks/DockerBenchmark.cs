using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Tests.Browser;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// 1,500 containers on 30 hosts: one real sshd on as many addresses, the engine's real client, and behind it simulated engines. What the
/// list takes by HTTP and in Chromium, how soon an event is seen, what logs do to the page and to memory, and the overview with 70 hosts more.
/// </summary>
internal static class DockerBenchmark
{
    private const int Hosts = 30;
    private const int AllHosts = 100;
    private const int Containers = 50;
    private const int Lists = 100;
    private const int Events = 40;
    private const int FastLog = 50_000;
    private const int SlowLog = 5_000;
    private const int Logs = 10;
    private const int Overviews = 40;
    private const string Username = "bench";
    private const string Password = "correct horse battery";
    private static readonly TimeSpan WatchLog = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FollowLogs = TimeSpan.FromMinutes(2);

    // bench.seen(text): when that text stands in the table or another place, in milliseconds since 1970.
    // bench.frames(): from now until bench.gaps() is asked, the longest and the middle time between two frames.
    private const string Script = """
        window.bench = {
          seen: (text, place = 'table.containers tbody') => new Promise((done) => {
            const look = () => document.querySelector(place)?.textContent.includes(text) && (done(Date.now()), true);
            if (!look()) {
              const watch = new MutationObserver(() => look() && watch.disconnect());
              watch.observe(document, { subtree: true, childList: true, characterData: true });
            }
          }),
          frames: () => {
            const times = [];
            let on = true;
            let last = performance.now();
            const frame = (now) => { times.push(now - last); last = now; if (on) { requestAnimationFrame(frame); } };
            requestAnimationFrame(frame);
            bench.gaps = () => { on = false; times.shift(); times.sort((a, b) => a - b); return [times[times.length >> 1], times[Math.floor(times.length * 0.99)], times[times.length - 1]]; };
          },
          scroll: (seconds) => new Promise((done) => {
            const list = document.querySelector('.table-wrap');
            const end = performance.now() + seconds * 1000;
            const step = () => {
              list.scrollTop = (list.scrollTop + 60) % (list.scrollHeight - list.clientHeight);
              if (performance.now() < end) { requestAnimationFrame(step); } else { done(); }
            };
            step();
          }),
        };
        """;

    public static async Task RunAsync()
    {
        string[] addresses = [.. Enumerable.Range(2, Hosts).Select(i => "127.0.0." + i.ToString(CultureInfo.InvariantCulture))];
        await using var engines = await SimulatedEngines.StartAsync(addresses, Containers);

        // An sshd takes 16 addresses to listen on at the most, or all of them.
        await using var server = await SshServer.StartAsync("0.0.0.0");
        await server.StopAsync();
        server.Environment["PATH"] = engines.Folder + ":/usr/local/bin:/usr/bin:/bin";
        server.Environment["DOCKER_HOST"] = "tcp://simulated";
        await server.RestartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = Username, ["HOMELAB_ADMIN_PASSWORD"] = Password }, program: Published.Program);
        using var api = await ApiClient.SignInAsync(dashboard.Address, Username, Password);
        server.Authorize(await api.PublicKeyAsync());
        var ids = new List<string>();
        foreach (var address in addresses)
        {
            ids.Add(await api.ConnectAsync(server, "host-" + address[(address.LastIndexOf('.') + 1)..], address));
        }

        var begun = Stopwatch.GetTimestamp();
        foreach (var id in ids)
        {
            await api.PatchAsync($"hosts/{id}", new { docker_enabled = true });
        }

        var all = new List<JsonElement>();
        await Until.TrueAsync(async () => (all = await ListAsync(api)).Count == Hosts * Containers, "all containers are there", TimeSpan.FromMinutes(3));
        Print($"{all.Count} containers of {Hosts} hosts known after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");

        var lists = new Figures();
        for (var i = 0; i < Lists; i++)
        {
            await lists.MeasureAsync(() => api.GetAsync("docker/containers?limit=200"));
        }

        Print($"200 of them by HTTP: {lists}");

        var browser = new BrowserFixture();
        await browser.InitializeAsync();
        try
        {
            await using var context = await browser.NewContextAsync();
            var page = await SignInAsync(context, dashboard);
            await ShowAsync(page, dashboard.Address);
            await TellAsync(page, dashboard.Address, engines);
            await LogAsync(page, dashboard, engines, IdOf(all, "service-03-003"));
            await context.CloseAsync();
            await FollowAsync(dashboard, api, engines, [.. Enumerable.Range(0, Logs).Select(h => IdOf(all, string.Create(CultureInfo.InvariantCulture, $"service-{h:00}-001")))]);
            for (var i = Hosts; i < AllHosts; i++)
            {
                var number = (i + 2).ToString(CultureInfo.InvariantCulture);
                await api.ConnectAsync(server, "host-" + number, "127.0.0." + number);
            }

            await using var later = await browser.NewContextAsync();
            await OverviewAsync(await SignInAsync(later, dashboard), dashboard.Address);
        }
        finally
        {
            await browser.DisposeAsync();
        }
    }

    private static async Task<IPage> SignInAsync(IBrowserContext context, RunningDashboard dashboard)
    {
        context.SetDefaultTimeout(120_000);
        await context.AddInitScriptAsync(Script);
        var page = await context.NewPageAsync();
        await page.GotoAsync(dashboard.Address.ToString());
        await page.SignInAsync(Username, Password);
        await page.GetByText("host-2").First.WaitForAsync();
        return page;
    }

    /// <summary>Nothing of it is there before it can be used.</summary>
    private static async Task OverviewAsync(IPage page, Uri dashboard)
    {
        var shown = new Figures();
        for (var i = 0; i < Overviews; i++)
        {
            await page.GotoAsync(dashboard.ToString(), new() { WaitUntil = WaitUntilState.Commit });
            shown.Add(await page.EvaluateAsync<double>($"async () => (await bench.seen('host-{AllHosts + 1}', '.hosts'), performance.now())"));
        }

        Print($"the overview with {AllHosts} hosts, from its address to the last of them: {shown}, p95 {shown.P95:0} ms");
    }

    private static async Task ShowAsync(IPage page, Uri dashboard)
    {
        var shown = new Figures();
        for (var i = 0; i < 10; i++)
        {
            await page.GotoAsync(new Uri(dashboard, "/containers").ToString(), new() { WaitUntil = WaitUntilState.Commit });
            shown.Add(await page.EvaluateAsync<double>("async () => (await bench.seen('service-'), performance.now())"));
        }

        Print($"the page of all containers, from its address to its first rows: {shown}");
        await page.EvaluateAsync("() => { bench.frames(); return bench.scroll(5); }");
        var gaps = await page.EvaluateAsync<double[]>("() => bench.gaps()");
        Print($"between two frames while they are scrolled: p50 {gaps[0]:0} ms, p99 {gaps[1]:0} ms, at most {gaps[2]:0} ms");
    }

    private static async Task TellAsync(IPage page, Uri dashboard, SimulatedEngines engines)
    {
        await page.GotoAsync(new Uri(dashboard, "/containers?q=service-07-007").ToString());
        await page.EvaluateAsync("() => bench.seen('Running')");
        var seen = new Figures();
        for (var i = 0; i < Events; i++)
        {
            var running = i % 2 == 1;
            var at = TimeProvider.System.GetUtcNow();
            engines.Turn(7, 7, running);
            seen.Add(await page.EvaluateAsync<double>($"() => bench.seen('{(running ? "Running" : "Exited")}')") - ((at - DateTimeOffset.UnixEpoch).TotalMilliseconds));
        }

        Print($"from an engine's event to the change on the page: {seen}");
    }

    private static async Task LogAsync(IPage page, RunningDashboard dashboard, SimulatedEngines engines, int id)
    {
        engines.LogRate = FastLog;
        using var process = Process.GetProcessById(dashboard.Pid);
        var (cpu, before) = (process.TotalProcessorTime, process.WorkingSet64);
        await page.GotoAsync(new Uri(dashboard.Address, $"/containers/{id.ToString(CultureInfo.InvariantCulture)}/logs").ToString());
        await page.GetByText("says what a service says").First.WaitForAsync();
        await page.EvaluateAsync("() => bench.frames()");
        await Task.Delay(WatchLog);
        var gaps = await page.EvaluateAsync<double[]>("() => bench.gaps()");
        process.Refresh();
        Print($"a log of {FastLog} lines a second on its page for {WatchLog.TotalSeconds:0} s: between two frames p50 {gaps[0]:0} ms, p99 {gaps[1]:0} ms, at most {gaps[2]:0} ms");
        Print($"meanwhile the dashboard took {(process.TotalProcessorTime - cpu) / WatchLog * 100:0} % of a core, and went from {before / 1e6:0} to {process.WorkingSet64 / 1e6:0} MB (RSS)");
        await page.GotoAsync(dashboard.Address.ToString());
    }

    private static async Task FollowAsync(RunningDashboard dashboard, ApiClient api, SimulatedEngines engines, IReadOnlyList<int> ids)
    {
        engines.LogRate = SlowLog;
        using var stop = new CancellationTokenSource(FollowLogs);
        var readers = ids.Select(id => ReadAsync(api, id, stop.Token)).ToList();
        using var process = Process.GetProcessById(dashboard.Pid);
        var memory = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            process.Refresh();
            memory.Add((process.WorkingSet64 / 1e6).ToString("0", CultureInfo.InvariantCulture));
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(15), stop.Token), Task.WhenAll(readers));
        }

        var bytes = (await Task.WhenAll(readers)).Sum();
        Print($"{Logs} logs of {SlowLog} lines a second followed for {FollowLogs.TotalMinutes:0} min, {bytes / 1e6:0} MB read: {string.Join(", ", memory)} MB (RSS, each 15 s)");
    }

    private static async Task<long> ReadAsync(ApiClient api, int id, CancellationToken cancellationToken)
    {
        var total = 0L;
        try
        {
            await using var stream = await api.OpenAsync($"docker/containers/{id.ToString(CultureInfo.InvariantCulture)}/logs?follow=true", cancellationToken);
            var buffer = new byte[64 * 1024];
            for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                total += count;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }

        return total;
    }

    private static async Task<List<JsonElement>> ListAsync(ApiClient api)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await api.GetAsync("docker/containers?limit=200" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)));
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return all;
    }

    private static int IdOf(List<JsonElement> all, string name) => all.Single(c => c.GetProperty("name").GetString() == name).GetProperty("id").GetInt32();

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
