using System.Globalization;
using System.Text.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>
/// Every page, in both themes, wide and on a phone, with real data in it: accessible by axe's rules, no wider than the screen and
/// without a fault in the console. With HOMELAB_SCREENSHOTS set to a folder, a picture of each is left there.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class PagesTests(BrowserFixture browser) : IAsyncLifetime
{
    private const string Username = "ada";
    private const string Password = "correct horse battery";
    private static readonly string[] Names = ["nas", "proxmox-1", "docker-01", "media", "pi-hole", "router"];

    private readonly Dictionary<string, string> _hosts = [];
    private SshServer _server = null!;
    private SshServer _stopped = null!;
    private RunningDashboard _dashboard = null!;
    private ApiClient _api = null!;

    public async Task InitializeAsync()
    {
        _server = await SshServer.StartAsync([.. Names.Select((_, i) => $"127.0.0.{11 + i}")]);
        _stopped = await SshServer.StartAsync("127.0.0.31");
        _dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string>
        {
            ["HOMELAB_ADMIN_USERNAME"] = Username,
            ["HOMELAB_ADMIN_PASSWORD"] = Password,
            ["Homelab__Metrics__IntervalSeconds"] = "1",
        });
        _api = await ApiClient.SignInAsync(_dashboard.Address, Username, Password);
        var key = await _api.PublicKeyAsync();
        _server.Authorize(key);
        _stopped.Authorize(key);
        for (var i = 0; i < Names.Length; i++)
        {
            _hosts[Names[i]] = await _api.ConnectAsync(_server, Names[i], _server.Addresses[i]);
        }

        _hosts["backup"] = await _api.ConnectAsync(_stopped, "backup");
        await _stopped.StopAsync();
        _hosts["new-host"] = await _api.AddAsync(_server, "new-host");
        await Until.TrueAsync(
            async () => (await _api.GetAsync($"hosts/{_hosts["backup"]}")).GetProperty("status").GetString() == "offline", "backup is offline");
        await _api.PostAsync("users", new { username = "grace", password = Password, role = "operator" });
        if (int.TryParse(Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS_GATHER_MINUTES"), CultureInfo.InvariantCulture, out var minutes))
        {
            await Task.Delay(TimeSpan.FromMinutes(minutes));
        }
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _dashboard.DisposeAsync();
        await _server.DisposeAsync();
        await _stopped.DisposeAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Dark, 1440, 900)]
    [InlineData(ColorScheme.Light, 1440, 900)]
    [InlineData(ColorScheme.Dark, 390, 844)]
    [InlineData(ColorScheme.Light, 390, 844)]
    public async Task Every_page_is_accessible_and_fits(ColorScheme scheme, int width, int height)
    {
        await using var context = await browser.NewContextAsync(width, height, scheme);
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Add($"{page.Url}: {message.Text}");
            }
        };

        await page.GotoAsync(Url("/login"));
        await LookAsync("login", page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }));
        await page.GetByLabel("Username").FillAsync(Username);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await LookAsync("overview", page.GetByText("docker-01").First);

        await VisitAsync("/hosts", "hosts", page.GetByText("docker-01").First);
        await VisitAsync("/hosts/new", "add-host", page.GetByRole(AriaRole.Button, new() { Name = "Continue" }));
        await VisitAsync($"/hosts/new?host={_hosts["new-host"]}", "approve-host", page.GetByText(_server.Fingerprint));
        await VisitAsync($"/hosts/{_hosts["docker-01"]}", "host", page.Locator(".charts canvas").First);
        await VisitAsync($"/hosts/{_hosts["backup"]}", "host-offline", page.GetByText("last seen").First);
        await VisitAsync($"/hosts/{_hosts["docker-01"]}/settings", "host-settings", page.GetByText("Delete host"));
        await page.GotoAsync(Url($"/hosts/{_hosts["docker-01"]}/terminal"));
        var screen = page.Locator(".xterm-rows");
        await Assertions.Expect(screen).ToContainTextAsync("#");
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync("df -h / && uptime");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(screen).ToContainTextAsync("load average");
        await LookAsync("terminal", screen);
        await VisitAsync("/terminals", "terminals", page.GetByText("docker-01").First);
        await page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await LookAsync("terminals-ended", page.GetByRole(AriaRole.Region, new() { Name = "Ended lately" }).GetByText("This terminal was closed."));
        await VisitAsync("/settings", "settings", page.GetByText("Password").First);
        await VisitAsync("/settings/users", "settings-users", page.GetByText("grace").First);
        await VisitAsync("/settings/tokens", "settings-tokens", page.GetByRole(AriaRole.Heading).First);
        await VisitAsync("/settings/ssh-key", "settings-ssh-key", page.GetByText("ssh-ed25519").First);
        Assert.Empty(faults);

        async Task VisitAsync(string path, string name, ILocator there)
        {
            await page.GotoAsync(Url(path));
            await LookAsync(name, there);
        }

        async Task LookAsync(string name, ILocator there)
        {
            await Assertions.Expect(there).ToBeVisibleAsync();
            await page.EvaluateAsync("() => document.fonts.ready");
            if (Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS") is { Length: > 0 } folder)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, folder, $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png") });
            }

            var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{name} is {overflow} px too wide at {width}.");
            var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
            Assert.True(result.Violations.Length == 0, $"{name}: {Describe(result.Violations)}");
        }
    }

    private string Url(string path) => new Uri(_dashboard.Address, path).ToString();

    private static string Describe(IEnumerable<AxeResultItem> violations) => string.Join('\n', violations.Select(v =>
        $"{v.Id}: {v.Help}\n" + string.Join('\n', v.Nodes.Take(3).Select(n => $"    {n.Html} {JsonSerializer.Serialize(n.Any.Select(a => a.Message))}"))));
}
