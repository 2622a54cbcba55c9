using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ttyd;
using HomelabDashboard.Tests.Browser;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// The dashboard's terminal against ttyd's own page: the same Chromium, the same host over the same shared connection, the same size
/// of window, turn by turn. What is measured is measured inside the page, from the key's event to the change of what is drawn.
/// </summary>
internal static class BrowserTerminalBenchmark
{
    private const string User = "bench";
    private const string Password = "correct horse battery";
    private const int FileLength = 50_000_000;
    private const int Reads = 5;
    private const int Keys = 300;
    private const int Opens = 10;

    // bench.until(text): milliseconds from the last key or click to the moment when the text is drawn.
    // bench.arm(), then a key, then bench.glyph: milliseconds from the key to the change of what is drawn.
    private const string Script = """
        (() => {
          const rows = () => document.querySelector('.xterm-rows');
          let begin = 0;
          for (const kind of ['keydown', 'click']) {
            addEventListener(kind, (e) => { begin = e.timeStamp; }, { capture: true });
          }
          const when = (condition) => new Promise((done) => {
            const look = () => {
              if (!condition()) { return false; }
              done(performance.now() - begin);
              return true;
            };
            if (!look()) {
              const watch = new MutationObserver(() => look() && watch.disconnect());
              watch.observe(document, { subtree: true, childList: true, characterData: true });
            }
          });
          window.bench = {
            until: (text) => when(() => rows()?.textContent.includes(text)),
            arm: () => {
              const before = rows().textContent;
              bench.glyph = when(() => rows().textContent !== before);
            },
          };
        })();
        """;

    public static async Task RunAsync()
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = User, ["HOMELAB_ADMIN_PASSWORD"] = Password }, program: Published.Program);
        using var api = await ApiClient.SignInAsync(dashboard.Address, User, Password);
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "bench");
        await using var ttyd = TtydPage.Start(["ssh", "-F", Path.Combine(dashboard.Folder, "ssh", "config"), "-tt", "-o", "ControlMaster=no", "-o", "ProxyCommand=false", host]);

        var browser = new BrowserFixture();
        await browser.InitializeAsync();
        var file = Path.GetTempFileName();
        try
        {
            await TerminalBenchmark.WriteLinesAsync(file);
            await using var context = await browser.NewContextAsync(1200, 800);
            context.SetDefaultTimeout(120_000);
            var ours = await context.NewPageAsync();
            await ours.GotoAsync(dashboard.Address.ToString());
            await ours.SignInAsync(User, Password);
            await ours.GetByText("bench").First.WaitForAsync();
            await context.AddInitScriptAsync(Script);

            await MeasureOpeningAsync(ours, dashboard.Address, host, api);

            var session = (await api.PostAsync("sessions", new { host_id = host })).GetProperty("id").GetString();
            await ours.GotoAsync(new Uri(dashboard.Address, $"/terminal/{session}").ToString());

            // A window of its own: of two tabs in one, the browser may leave the one in front hidden, and then draws nothing.
            await using var other = await browser.NewContextAsync(1200, 800);
            other.SetDefaultTimeout(120_000);
            await other.AddInitScriptAsync(Script);
            var theirs = await other.NewPageAsync();
            await theirs.GotoAsync(ttyd.Address.ToString());
            foreach (var page in (IPage[])[ours, theirs])
            {
                await page.BringToFrontAsync();
                await page.EvaluateAsync("() => bench.until('# ')").WaitAsync(TimeSpan.FromSeconds(30));
            }

            await CompareReadingAsync(ours, theirs, file);
            foreach (var (name, page) in ((string, IPage)[])[("the dashboard", ours), ("ttyd's own page", theirs)])
            {
                await KeysAsync(name, page);
            }
        }
        finally
        {
            File.Delete(file);
            await browser.DisposeAsync();
        }
    }

    private static async Task MeasureOpeningAsync(IPage page, Uri dashboard, string host, ApiClient api)
    {
        var times = new Figures();
        for (var i = 0; i < Opens; i++)
        {
            await page.GotoAsync(new Uri(dashboard, $"/hosts/{host}").ToString());
            await page.Locator(".charts canvas").First.WaitForAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "Terminal", Exact = true }).First.ClickAsync();
            times.Add(await page.EvaluateAsync<double>("() => bench.until('# ')").WaitAsync(TimeSpan.FromSeconds(30)));
            foreach (var session in (await api.GetAsync("sessions?status=active")).GetProperty("items").EnumerateArray())
            {
                await api.DeleteAsync($"sessions/{session.GetProperty("id").GetString()}");
            }
        }

        Console.WriteLine($"browser, click on Terminal to prompt: {times}");
    }

    private static async Task CompareReadingAsync(IPage ours, IPage theirs, string file)
    {
        var ratios = new List<double>();
        for (var i = 0; i < Reads; i++)
        {
            var fast = await ReadAsync(theirs, file, i);
            var own = await ReadAsync(ours, file, i);
            ratios.Add(own / fast);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"browser, cat of 50 MB: {own:0.0} MB/s in the dashboard, {fast:0.0} MB/s in ttyd's page"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"browser, throughput against ttyd's page: {ratios.Order().ElementAt(Reads / 2):0.00} (median)"));
    }

    /// <returns>MB/s.</returns>
    private static async Task<double> ReadAsync(IPage page, string file, int turn)
    {
        await page.BringToFrontAsync();
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync($"cat {file}; echo e''nd-{turn}");
        await page.Keyboard.PressAsync("Enter");
        try
        {
            return FileLength / 1e3 / await page.EvaluateAsync<double>($"() => bench.until('end-{turn}')").WaitAsync(TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException late)
        {
            var shown = await page.Locator(".xterm-rows").InnerTextAsync();
            throw new InvalidOperationException($"The end of the output was not seen in {page.Url}; this was:\n{shown}", late);
        }
    }

    private static async Task KeysAsync(string name, IPage page)
    {
        await page.BringToFrontAsync();
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync("clear; cat > /dev/null; clear");
        await page.Keyboard.PressAsync("Enter");
        var times = new Figures();
        for (var i = 0; i < Keys; i++)
        {
            if (i % 50 == 0)
            {
                await page.Keyboard.PressAsync("Enter");
                await Task.Delay(50);
            }

            await page.EvaluateAsync("() => bench.arm()");
            await page.Keyboard.PressAsync("x");
            times.Add(await page.EvaluateAsync<double>("() => bench.glyph"));
            await Task.Delay(Random.Shared.Next(10, 40));
        }

        await page.Keyboard.PressAsync("Control+c");
        Console.WriteLine($"browser, key to glyph in {name}: {times}");
    }

    /// <summary>A ttyd that serves its own page, with the renderer that is the faster one without a GPU.</summary>
    private sealed class TtydPage(Process process) : IAsyncDisposable
    {
        public required Uri Address { get; init; }

        public static TtydPage Start(IReadOnlyList<string> command)
        {
            var ttyd = TtydProgram.Find(null) ?? throw new InvalidOperationException("There is no ttyd.");
            var port = FreePort();
            var process = Process.Start(new ProcessStartInfo(ttyd, [
                "--interface", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--writable", "--debug", "1", "--ping-interval", "300",
                "--client-option", "rendererType=dom", "--client-option", "disableLeaveAlert=true", .. command]))!;
            return new(process) { Address = new($"http://127.0.0.1:{port}/") };
        }

        public async ValueTask DisposeAsync()
        {
            ProcessIdentity.Of(process.Id)?.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
