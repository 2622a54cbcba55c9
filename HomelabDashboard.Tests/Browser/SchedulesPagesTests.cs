using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class SchedulesPagesTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";
    private static readonly string[] Standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    [Fact]
    public async Task A_schedule_is_made_looked_at_and_run()
    {
        await using var server = await SshServer.StartAsync("127.0.0.2", "127.0.0.3");
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        server.Authorize(await api.PublicKeyAsync());
        var nas = await api.ConnectAsync(server, "nas", server.Addresses[0]);
        await api.PatchAsync($"hosts/{await api.ConnectAsync(server, "web-1", server.Addresses[1])}", new { ansible_group = "web" });
        await File.WriteAllTextAsync(Path.Combine(dashboard.Folder, "playbooks", "quick.yml"), "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.command: 'true'\n");

        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        await page.GotoAsync(new Uri(dashboard.Address, "/schedules").ToString());
        await page.SignInAsync("ada", Password);
        await LookAsync("schedules-none", page.GetByText("No schedules yet"));

        // The next times follow what is typed.
        await page.GetByRole(AriaRole.Link, new() { Name = "Add schedule" }).ClickAsync();
        var preview = page.GetByRole(AriaRole.Region, new() { Name = "When it will run" });
        await Assertions.Expect(preview.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(10);
        await Assertions.Expect(preview.GetByText("Every day at 03:00")).ToBeVisibleAsync();
        await page.GetByLabel("How often").SelectOptionAsync("cron");
        await page.GetByLabel("Cron expression").FillAsync("0 4 31 2 *");
        await Assertions.Expect(preview.GetByText("No day is ever like that, so it would never run.")).ToBeVisibleAsync();
        await page.GetByLabel("Cron expression").FillAsync("0 4 * * 1");
        await Assertions.Expect(preview.GetByRole(AriaRole.Listitem).First).ToContainTextAsync("Mon ");
        await page.GetByLabel("How often").SelectOptionAsync("weekly");
        await page.GetByLabel("Monday").CheckAsync();
        await page.GetByLabel("Time", new() { Exact = true }).FillAsync("04:15");
        await Assertions.Expect(preview.GetByText("Every Monday and Sunday at 04:15")).ToBeVisibleAsync();
        await page.GetByLabel("Time zone").SelectOptionAsync("Europe/Berlin");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Give it a name of at most 255 characters.")).ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Upgrade the web servers");
        await page.GetByLabel("Playbook", new() { Exact = true }).SelectOptionAsync("quick.yml");
        await page.GetByLabel("Where", new() { Exact = true }).SelectOptionAsync("Group");
        await page.GetByLabel("Group", new() { Exact = true }).SelectOptionAsync("web");
        await page.Locator("summary", new() { HasText = "More" }).ClickAsync();
        await LookAsync("schedule-new", page.GetByLabel("When its run before still goes on"));
        await page.GetByLabel("Tags").FillAsync("nightly, updates");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByText("It has not run yet")).ToBeVisibleAsync();

        // It runs, and the page sees it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Assertions.Expect(page.GetByText("1 of the last 1 runs")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await api.PostAsync("schedules", new { name = "Back up the nas", playbook = "back-up-folder.yml", target_type = "host", target = nas, schedule_type = "recurring", recurrence_type = "daily", recurrence_time = "23:00", timezone = "Europe/Berlin" });
        await api.PostAsync("schedules", new { name = "Collect facts", playbook = "collect-facts.yml", target_type = "all", schedule_type = "recurring", recurrence_type = "interval", recurrence_time = "6h", enabled = false });
        await AddRunsAsync(dashboard.Folder);
        await page.ReloadAsync();
        await LookAsync("schedule", page.GetByText("ends when the cable is pulled"));
        await page.GotoAsync(new Uri(dashboard.Address, "/schedules").ToString());
        await LookAsync("schedules", page.GetByText("Back up the nas"));
        var isOn = page.GetByRole(AriaRole.Checkbox, new() { Name = "Back up the nas is on" });
        await isOn.UncheckAsync();
        await Assertions.Expect(page.Locator("tr", new() { HasText = "Back up the nas" }).GetByText("off")).ToBeVisibleAsync();

        // What is refused is not shown as done.
        var playbook = Path.Combine(dashboard.Folder, "playbooks", "back-up-folder.yml");
        File.Move(playbook, playbook + ".away");
        await isOn.ClickAsync();
        await Assertions.Expect(page.GetByText("Back up the nas: There is no such playbook.")).ToBeVisibleAsync();
        await Assertions.Expect(isOn).Not.ToBeCheckedAsync();
        File.Move(playbook + ".away", playbook);
        await isOn.CheckAsync();
        await Assertions.Expect(page.Locator("tr", new() { HasText = "Back up the nas" }).GetByText("off")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause all" }).ClickAsync();
        await LookAsync("schedules-paused", page.GetByText("All schedules are paused by ada"));

        // Wherever it is told what comes next, it is told that nothing does.
        var nav = page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });
        await Assertions.Expect(nav.GetByRole(AriaRole.Link, new() { Name = "Automation" })).ToHaveAttributeAsync("aria-current", "page");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back up the nas", Exact = true }).ClickAsync();
        await LookAsync("schedule-paused", page.GetByText("All schedules are paused, and it would run at:"));
        await nav.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        var next = page.Locator(".card", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Next" }) });
        await LookAsync("overview-paused", next.GetByText("paused"));
        await api.PostAsync("schedules/resume");
        await Assertions.Expect(next.GetByText("paused")).ToHaveCountAsync(0);
        await api.PostAsync("schedules/pause");
        await Assertions.Expect(next.GetByText("paused")).ToBeVisibleAsync();

        // What another does is seen too. On a phone the way there is in a menu, which works by the keyboard.
        await page.SetViewportSizeAsync(390, 844);
        var more = nav.GetByRole(AriaRole.Button, new() { Name = "More" });
        await Assertions.Expect(nav.GetByRole(AriaRole.Link, new() { Name = "Automation" })).ToBeHiddenAsync();
        Assert.Equal(0, await nav.EvaluateAsync<int>("n => [...n.querySelectorAll('a > span:not(.n), button > span')].filter(s => s.scrollWidth > s.clientWidth || s.getBoundingClientRect().right > innerWidth).length"));
        await more.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(nav.GetByRole(AriaRole.Link, new() { Name = "Settings" })).ToBeHiddenAsync();
        await Assertions.Expect(more).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await LookAsync("menu-of-a-phone", page.Locator("h1"), (390, 844));
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(nav.GetByRole(AriaRole.Link, new() { Name = "Alerts" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(nav.GetByRole(AriaRole.Link, new() { Name = "Automation" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Automation", Level = 1 }).Or(page.GetByRole(AriaRole.Heading, new() { Name = "Playbooks", Level = 1 }))).ToBeVisibleAsync();
        await Assertions.Expect(nav.GetByRole(AriaRole.Link, new() { Name = "Automation" })).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Schedules" }).ClickAsync();
        await page.SetViewportSizeAsync(1440, 900);
        await Assertions.Expect(page.GetByText("All schedules are paused")).ToBeVisibleAsync();
        await api.PostAsync("schedules/resume");
        await Assertions.Expect(page.GetByText("All schedules are paused")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause all" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Have them go on" }).ClickAsync();
        await Assertions.Expect(page.GetByText("All schedules are paused")).ToHaveCountAsync(0);

        // What comes next is on the overview.
        await page.GotoAsync(dashboard.Address.ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "Back up the nas", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("Every day at 23:00")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await LookAsync("overview-next", page.GetByRole(AriaRole.Link, new() { Name = "Back up the nas" }));
        Assert.Empty(faults);

        async Task LookAsync(string name, ILocator there, params (int Width, int Height)[] sizes)
        {
            await Assertions.Expect(there.First).ToBeVisibleAsync();
            foreach (var (width, height) in sizes.Length > 0 ? sizes : [(390, 844), (1440, 900)])
            {
                await page.SetViewportSizeAsync(width, height);
                var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
                Assert.True(overflow <= 0, $"{name} is {overflow} px too wide at {width}.");
                foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
                {
                    await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                    await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
                    var violations = await Axe.ViolationsAsync(page, "tag", Standards);
                    Assert.True(violations.Count == 0, $"{name}, {width}, {scheme}: {string.Join('\n', violations)}");
                    if (Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS") is { Length: > 0 } folder)
                    {
                        await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, folder, $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png") });
                    }
                }
            }
        }
    }

    /// <summary>A history of a month.</summary>
    private static async Task AddRunsAsync(string folder)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "homelab.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            WITH RECURSIVE day(ago) AS (SELECT 30 UNION ALL SELECT ago - 1 FROM day WHERE ago > 1)
            INSERT INTO schedule_runs (schedule_id, status, started_at, completed_at, duration, hosts_impacted, error_message, output, trigger_type, attempt, scheduled_for)
            SELECT s.id, CASE WHEN ago % 9 = 0 THEN 'failed' WHEN ago % 11 = 0 THEN 'skipped' ELSE 'success' END, datetime('now', '-' || ago || ' days'), datetime('now', '-' || ago || ' days', '+1 minutes'),
                50 + (ago * 7) % 23, 2, CASE WHEN ago % 9 = 0 THEN 'web-1 could not be reached: the connection ends when the cable is pulled.' WHEN ago % 11 = 0 THEN 'The run before was still going on.' END,
                CASE WHEN ago % 9 <> 0 AND ago % 11 <> 0 THEN '2 hosts: 1 changed, 0 failed, 0 could not be reached.' END, 'schedule', 1, datetime('now', '-' || ago || ' days')
            FROM day, schedules s WHERE s.name = 'Upgrade the web servers'
            """;
        await command.ExecuteNonQueryAsync();
    }
}
