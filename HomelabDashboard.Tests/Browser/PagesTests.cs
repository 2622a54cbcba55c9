using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>
/// Every page, in both themes, wide and on a phone, with real data in it: accessible by axe's rules, no wider than the screen and
/// without a fault in the console. With HOMELAB_SCREENSHOTS set to a folder, a picture of each is left there.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class PagesTests(BrowserFixture browser, PagesLab lab) : IClassFixture<PagesLab>
{
    private const string Pictures = "HOMELAB_SCREENSHOTS";
    private const int Narrow = 720;

    private static readonly string[] Standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task Every_page_is_accessible_and_fits(int width, int height)
    {
        var scheme = ColorScheme.Dark;
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

        await page.GotoAsync(lab.Fresh.Address.ToString());
        await LookAsync("setup", page.GetByRole(AriaRole.Button, new() { Name = "Make the first admin" }));
        await page.GotoAsync(Url("/login"));
        await LookAsync("login", page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }));
        await page.SignInAsync(PagesLab.Username, PagesLab.Password);
        await LookAsync("overview", page.GetByText("docker-01").First);

        await VisitAsync("/hosts", "hosts", page.GetByText("docker-01").First);
        await page.Keyboard.PressAsync("?");
        await LookAsync("keys", page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" }));
        await page.Keyboard.PressAsync("Escape");
        await VisitAsync("/hosts?view=cards&by=group", "hosts-cards", page.GetByText("Without a group").First);
        await VisitAsync("/hosts?by=group", "hosts-by-group", page.GetByText("Without a group").First);
        await page.GetByLabel("Select media").Or(page.Locator("tr", new() { HasText = "media" }).GetByRole(AriaRole.Checkbox)).First.EvaluateAsync("e => e.click()");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit…" }).ClickAsync();
        await LookAsync("hosts-bulk-edit", page.GetByLabel("Add tags"));
        await VisitAsync("/hosts/import", "import", page.GetByLabel("Your ~/.ssh/config"));
        await page.GetByLabel("Your ~/.ssh/config").FillAsync(PagesLab.ImportText);
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await LookAsync("import-preview", page.GetByText("What would change"));
        await VisitAsync("/hosts/keys", "host-keys", page.GetByText(lab.Server.Fingerprint).First);
        await VisitAsync("/hosts/new", "add-host", page.GetByRole(AriaRole.Button, new() { Name = "Continue" }));
        await VisitAsync($"/hosts/new?host={lab.Hosts["new-host"]}", "approve-host", page.GetByText(lab.Server.Fingerprint));
        await VisitAsync($"/hosts/{lab.Hosts["docker-01"]}", "host", page.Locator(".charts canvas").First);
        await VisitAsync($"/hosts/{lab.Hosts["docker-01"]}?range=24h", "host-24h", page.GetByRole(AriaRole.Heading, new() { Name = "Last 24 hours" }));
        await VisitAsync($"/hosts/{lab.Hosts["tower"]}/storage", "host-storage", page.GetByText("Full in 14 days").Or(page.GetByText("Full in 13 days")).First);
        await VisitAsync($"/hosts/{lab.Hosts["docker-01"]}/storage", "host-storage-plain", page.GetByText("No ZFS on this host."));
        await VisitAsync($"/hosts/{lab.Hosts["tower"]}", "host-upkeep", page.GetByText("3 updates, 2 for security"));
        await page.GetByTitle("Restart or shut down").ClickAsync();
        await LookAsync("host-power", page.GetByRole(AriaRole.Button, new() { Name = "Shut down…" }));
        await page.GetByRole(AriaRole.Button, new() { Name = "Restart…" }).ClickAsync();
        var restart = page.GetByRole(AriaRole.Button, new() { Name = "Restart host" });
        await Assertions.Expect(restart).ToBeDisabledAsync();
        await LookAsync("host-restart", restart);
        await page.GetByLabel("Type tower to go on").FillAsync("tower");
        await restart.ClickAsync();
        await LookAsync("host-restart-failed", page.GetByText("The restart failed."));
        await page.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The restart failed.")).ToHaveCountAsync(0);
        await VisitAsync($"/hosts/{lab.Hosts["backup"]}", "host-offline", page.GetByText("last seen").First);
        await VisitAsync($"/hosts/{lab.Hosts["media"]}", "host-maintenance", page.GetByText("Maintenance").First);
        await VisitAsync($"/hosts/{lab.Hosts["media"]}/settings", "host-settings-full", page.GetByRole(AriaRole.Heading, new() { Name = "For Ansible" }));
        await VisitAsync("/settings/history", "settings-history", page.GetByText("Your lab uses"));
        await VisitAsync($"/hosts/{lab.Hosts["docker-01"]}/settings", "host-settings", page.GetByText("Delete host"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete host" }).ClickAsync();
        await LookAsync("host-delete", page.GetByRole(AriaRole.Dialog));
        await page.GotoAsync(Url($"/hosts/{lab.Hosts["docker-01"]}/terminal"));
        var screen = page.Locator(".xterm-rows");
        await Assertions.Expect(screen).ToContainTextAsync("#");
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync("df -h / && uptime");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(screen).ToContainTextAsync("load average");
        await LookAsync("terminal", screen);
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync("mysqldump --password=hunter2 shop | gzip >shop.sql.gz; rm shop.sql.gz");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("df -h / && uptime");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Command history" }).ClickAsync();
        var history = page.GetByRole(AriaRole.Complementary, new() { Name = "Command history" });
        await Assertions.Expect(history.GetByText(new Regex(@"^\d+ times$", RegexOptions.None, TimeSpan.FromSeconds(1))).First).ToBeVisibleAsync();
        await LookAsync("terminal-history", history.GetByText("--password=***"));
        await history.GetByRole(AriaRole.Button, new() { Name = "Type into the terminal" }).First.ClickAsync();
        await history.GetByRole(AriaRole.Button, new() { Name = "Close the command history" }).ClickAsync();
        var window = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Pop out" }).ClickAsync());
        await Assertions.Expect(window.Locator(".xterm-rows")).ToContainTextAsync("load average");
        await window.SetViewportSizeAsync(width, height);
        await LookAtAsync(window, "terminal-window");
        await window.CloseAsync();
        await VisitAsync("/containers", "containers", page.GetByText("shop-web"));
        if (width > 720)
        {
            await page.GetByLabel("Select shop-db").ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Remove…" }).ClickAsync();
            await LookAsync("containers-remove", page.GetByRole(AriaRole.Dialog));
            await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        }

        await VisitAsync("/containers?by=state", "containers-by-state", page.GetByText("Exited (1)").First);
        await VisitAsync("/containers?q=nothing-like-it", "containers-none", page.GetByText("No container matches"));
        await VisitAsync($"/containers/{lab.ContainerIds["shop-web"]}", "container", page.GetByText("shop-data"));
        await VisitAsync($"/containers/{lab.ContainerIds["shop-web"]}/environment", "container-environment", page.GetByText("DB_PASSWORD"));
        await Assertions.Expect(page.GetByText("hunter2")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show DB_PASSWORD" }).ClickAsync();
        await Assertions.Expect(page.GetByText("hunter2")).ToBeVisibleAsync();
        await VisitAsync($"/containers/{lab.ContainerIds["shop-web"]}/inspect", "container-inspect", page.GetByText("\"RestartPolicy\""));
        await page.GotoAsync(Url($"/containers/{lab.ContainerIds["shop-web"]}/logs"));
        await Assertions.Expect(page.Locator(".log .xterm-rows")).ToContainTextAsync("request");
        await page.GetByLabel("Find in the log").FillAsync("slow query");
        await Assertions.Expect(page.Locator("[data-log-found]")).ToContainTextAsync("of");
        await LookAsync("container-logs", page.Locator(".log .xterm-rows"));
        await VisitAsync("/images", "images", page.GetByText(PrivateEngine.Image).First);
        await VisitAsync("/volumes", "volumes", page.GetByText("shop-data").First);
        await VisitAsync("/containers/cleanup", "containers-cleanup", page.GetByText("Stopped containers"));
        await VisitAsync("/schedules", "schedules", page.GetByText("Every Monday and Thursday at 04:30"));
        await VisitAsync("/schedules/new", "schedule-new", page.GetByRole(AriaRole.Listitem).First);
        await VisitAsync($"/schedules/{lab.ScheduleId}", "schedule", page.GetByText("It has not run yet"));
        await page.GetByTitle("Activity").ClickAsync();
        await LookAsync("activity", page.GetByRole(AriaRole.Dialog, new() { Name = "Activity" }).GetByText("Restart").First);
        await page.Keyboard.PressAsync("Escape");
        await VisitAsync("/alerts?show=all", "alerts", page.GetByRole(AriaRole.Heading, new() { Name = "Alerts", Exact = true }));
        await VisitAsync("/alerts?level=Success&show=unread", "alerts-none", page.GetByText("No alert matches"));
        await VisitAsync("/alerts/rules", "alert-rules", page.GetByText("Filesystem filling"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit Swap nearly full" }).ClickAsync();
        await LookAsync("alert-rule", page.GetByLabel("Limit (%)"));
        await VisitAsync("/terminals", "terminals", page.GetByText("docker-01").First);
        await page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await LookAsync("terminals-ended", page.GetByRole(AriaRole.Region, new() { Name = "Ended lately" }).GetByText("This terminal was closed.").First);
        await VisitAsync("/commands", "commands", page.GetByText("--password=***").First);
        await VisitAsync("/commands?q=no-such-command", "commands-none", page.GetByText("No command matches"));
        await VisitAsync("/logs", "logs", page.GetByText("opened a terminal on docker-01.").First);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("opened a terminal on docker-01", RegexOptions.None, TimeSpan.FromSeconds(1)) }).First.ClickAsync();
        await LookAsync("logs-details", page.GetByText("session_id").First);
        await VisitAsync("/logs?q=no-such-line", "logs-none", page.GetByText("No line matches"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Find or do something" }).ClickAsync();
        await page.Keyboard.TypeAsync("restrt shop");
        await LookAsync("palette", page.GetByRole(AriaRole.Option, new() { Name = "Restart shop-web" }).First);
        await page.Keyboard.PressAsync("Escape");
        await VisitAsync("/settings/command-rules", "settings-command-rules", page.GetByText("A fork bomb").First);
        await page.GetByLabel("Command", new() { Exact = true }).FillAsync("sudo rm -rf /");
        await Assertions.Expect(page.GetByText("“Deleting everything” matches, but is off.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add rule" }).ClickAsync();
        await LookAsync("settings-command-rule", page.GetByLabel("Pattern"));
        await VisitAsync("/settings/notifications", "settings-notifications", page.GetByText("phone-topic").First);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add channel" }).ClickAsync();
        await LookAsync("settings-channel", page.GetByLabel("Access token or password"));
        await VisitAsync("/settings", "settings", page.GetByText("Password").First);
        await VisitAsync("/settings/users", "settings-users", page.GetByText("grace").First);
        await VisitAsync("/settings/tokens", "settings-tokens", page.GetByRole(AriaRole.Heading).First);
        await VisitAsync("/settings/ssh-key", "settings-ssh-key", page.GetByText("ssh-ed25519").First);
        await VisitAsync("/settings/users/new", "settings-add-user", page.GetByLabel("Username"));
        await VisitAsync($"/settings/users/{lab.GraceId}", "settings-user", page.GetByText("grace").First);
        Assert.Empty(faults);

        // The browser itself reports the 404 in the console.
        await VisitAsync("/no-such-page", "not-found", page.GetByRole(AriaRole.Heading).First);

        async Task VisitAsync(string path, string name, ILocator there)
        {
            await page.GotoAsync(Url(path));
            await LookAsync(name, there);
        }

        async Task LookAsync(string name, ILocator there)
        {
            await Assertions.Expect(there).ToBeVisibleAsync();
            await LookAtAsync(page, name);
        }

        async Task LookAtAsync(IPage page, string name)
        {
            await page.EvaluateAsync("() => document.fonts.ready");
            await WearAsync(page);
            var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{name} is {overflow} px too wide at {width}.");
            await PictureAsync(page, name);
            await CheckAsync(page, name, "tag", Standards);

            // The other theme has the same page in other colours; the next page is first seen in it. The colours of a phone are those of the wide screen.
            scheme = scheme == ColorScheme.Dark ? ColorScheme.Light : ColorScheme.Dark;
            if (width < Narrow && !TakesPictures)
            {
                return;
            }

            await WearAsync(page);
            await PictureAsync(page, name);
            await CheckAsync(page, name, "rule", "color-contrast");
        }

        async Task WearAsync(IPage page)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
        }

        async Task CheckAsync(IPage page, string name, string type, params string[] values)
        {
            var violations = await Axe.ViolationsAsync(page, type, values);
            Assert.True(violations.Count == 0, $"{name}, {scheme}: {string.Join('\n', violations)}");
        }

        async Task PictureAsync(IPage page, string name)
        {
            if (Environment.GetEnvironmentVariable(Pictures) is { Length: > 0 } folder)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, folder, $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png") });
            }
        }
    }

    private static bool TakesPictures => Environment.GetEnvironmentVariable(Pictures) is { Length: > 0 };

    private string Url(string path) => new Uri(lab.Dashboard.Address, path).ToString();
}
