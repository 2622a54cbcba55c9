using System.Diagnostics;
using System.Text;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>Playbooks are run, followed, written and looked at in a browser, with real Ansible behind.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AutomationPagesTests(BrowserFixture browser) : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private const int ManyLines = 1_000_000;
    private static readonly string[] Names = ["docker-01", "media", "nas", "pi-hole", "web-1", "web-2"];
    private static readonly string[] Standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    private const string Mixed = """
        - name: Upgrade packages
          hosts: all
          gather_facts: false
          tasks:
            - name: Update the cache
              ansible.builtin.command: echo updated
              changed_when: false
            - name: Upgrade packages
              ansible.builtin.shell: "[ {{ inventory_hostname }} != nas ] || { echo Could not get lock /var/lib/dpkg/lock-frontend, held by 3112 >&2; exit 100; }"
            - name: Restart services
              ansible.builtin.debug:
                msg: restart
              when: false
            - name: Report
              ansible.builtin.debug:
                msg: "{{ inventory_hostname }} is done"
        """;

    private SshServer _server = null!;
    private RunningDashboard _dashboard = null!;
    private ApiClient _api = null!;
    private string _nas = "";

    public async Task InitializeAsync()
    {
        _server = await SshServer.StartAsync([.. Names.Select((_, i) => $"127.0.0.{41 + i}")]);
        _dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        _api = await ApiClient.SignInAsync(_dashboard.Address, "ada", Password);
        _server.Authorize(await _api.PublicKeyAsync());
        for (var i = 0; i < Names.Length; i++)
        {
            var id = await _api.ConnectAsync(_server, Names[i], _server.Addresses[i]);
            _nas = Names[i] == "nas" ? id : _nas;
        }

        await File.WriteAllTextAsync(Path.Combine(_dashboard.Folder, "playbooks", "upgrade-all.yml"), Mixed);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _dashboard.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_playbook_is_run_and_every_page_is_accessible_and_fits()
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        await SignInAsync(page);

        await page.GotoAsync(Url("/automation"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Run Collect facts" }).ClickAsync();
        await page.GetByLabel("On", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "nas" });
        await LookAsync(page, "run-dialog", page.GetByLabel("Password for sudo"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("Completed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator(".run-rows")).ToContainTextAsync("PLAY RECAP");

        var task = (await _api.PostAsync("playbooks/upgrade-all.yml/run", new { target = "all" })).GetProperty("task_id").GetString()!;
        await page.GotoAsync(Url($"/automation/runs/{task}"));
        await Assertions.Expect(page.GetByText("nas failed at Upgrade packages").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "nas, Upgrade packages: failed" }).ClickAsync();
        await Assertions.Expect(page.Locator(".run-row.marked")).ToContainTextAsync("fatal: [nas]: FAILED!");
        await LookAsync(page, "run", page.Locator(".run-row.marked"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Tasks", Exact = true }).ClickAsync();
        await page.Locator(".tree summary").Nth(1).ClickAsync();
        await LookAsync(page, "run-tasks", page.Locator(".tree details[open] li").First);
        await page.GetByRole(AriaRole.Button, new() { Name = "Run again on nas alone" }).ClickAsync();
        await Assertions.Expect(page).Not.ToHaveURLAsync(Url($"/automation/runs/{task}"));
        await Assertions.Expect(page.GetByText("nas failed at Upgrade packages").First).ToBeVisibleAsync(new() { Timeout = 60_000 });

        await page.GotoAsync(Url("/automation/runs"));
        await LookAsync(page, "runs", page.GetByRole(AriaRole.Link, new() { Name = "Upgrade all" }).First);
        await page.GotoAsync(Url($"/hosts/{_nas}/automation"));
        await LookAsync(page, "host-automation", page.GetByRole(AriaRole.Heading, new() { Name = "Facts" }));

        await page.GotoAsync(Url("/automation/playbooks/upgrade-all.yml"));
        var editor = page.Locator(".cm-content");
        await Assertions.Expect(editor).ToContainTextAsync("Upgrade packages");
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("\n# More to come\n");
        await Assertions.Expect(page.GetByText("not saved")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+s");
        await Assertions.Expect(page.GetByText("not saved")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(".issues li").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator(".cm-lint-marker").First).ToBeVisibleAsync();
        Assert.Contains("# More to come", await File.ReadAllTextAsync(Path.Combine(_dashboard.Folder, "playbooks", "upgrade-all.yml")), StringComparison.Ordinal);
        await LookAsync(page, "playbook", editor);
        await page.GetByRole(AriaRole.Button, new() { Name = "History" }).ClickAsync();
        await LookAsync(page, "playbook-history", page.Locator("pre.diff .added").First);
        await page.GotoAsync(Url("/automation/playbooks/new"));
        await LookAsync(page, "playbook-new", page.GetByLabel("Name", new() { Exact = true }));
        await page.GotoAsync(Url("/automation"));
        await LookAsync(page, "playbooks", page.GetByRole(AriaRole.Link, new() { Name = "Upgrade all" }));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task What_is_written_in_the_editor_is_not_lost_and_what_is_put_there_is_what_is_saved()
    {
        const string Mine = "# One\n";
        var file = Path.Combine(_dashboard.Folder, "playbooks", "edited.yml");
        await File.WriteAllTextAsync(file, Mixed);
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await SignInAsync(page);
        await page.GotoAsync(Url("/automation/playbooks/edited.yml"));
        var editor = page.Locator(".cm-content");
        var run = page.GetByRole(AriaRole.Button, new() { Name = "Run…" });
        var unsaved = page.GetByText("not saved", new() { Exact = true });
        await Assertions.Expect(run).ToBeEnabledAsync();
        await WriteAsync(Mine);
        await Assertions.Expect(unsaved).ToBeVisibleAsync();
        await Assertions.Expect(run).ToBeDisabledAsync();
        await Assertions.Expect(run).ToHaveAttributeAsync("title", "Save it first: what runs is what is saved.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Automation", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await Assertions.Expect(editor).ToContainTextAsync("# One");
        await SaveAsync();
        await Assertions.Expect(run).ToBeEnabledAsync();

        // Somebody writes the first text again, which is what this editor was opened with.
        await File.WriteAllTextAsync(file, Mixed);
        await WriteAsync("# Two\n");
        await page.Keyboard.PressAsync("Control+s");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take theirs" }).ClickAsync();
        await Assertions.Expect(editor).ToContainTextAsync("Upgrade packages");
        await Assertions.Expect(editor).Not.ToContainTextAsync("# Two");
        await Assertions.Expect(unsaved).ToHaveCountAsync(0);

        // The same version is put there twice; each time it is what is in the editor, and what is saved.
        foreach (var words in new[] { "# Three\n", "# Four\n" })
        {
            await WriteAsync(words);
            await SaveAsync();
            try
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "History" }).ClickAsync();
            }
            catch (TimeoutException missing)
            {
                throw new InvalidOperationException(await page.Locator("body").AriaSnapshotAsync(), missing);
            }

            await page.GetByLabel("Version").SelectOptionAsync(new SelectOptionValue { Index = words.Contains("Three", StringComparison.Ordinal) ? 1 : 2 });
            await Assertions.Expect(page.Locator("pre.diff .removed").First).ToContainTextAsync("# One");
            await page.GetByRole(AriaRole.Button, new() { Name = "Put this text into the editor" }).ClickAsync();
            await Assertions.Expect(editor).ToHaveTextAsync("# One");
            await Assertions.Expect(unsaved).ToBeVisibleAsync();
        }

        await SaveAsync();
        Assert.Equal(Mine, await File.ReadAllTextAsync(file));
        await WriteAsync("# Five\n");
        await page.GetByRole(AriaRole.Link, new() { Name = "Automation", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Leave them" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(Url("/automation"));
        Assert.Equal(Mine, await File.ReadAllTextAsync(file));

        await File.WriteAllTextAsync(Path.Combine(_dashboard.Folder, "playbooks", "large.yml"), new string('#', PlaybookFolder.LargestPlaybook + 1));
        await page.GotoAsync(Url("/automation/playbooks/large.yml"));
        await Assertions.Expect(page.GetByText("This playbook has more than 512 KiB")).ToBeVisibleAsync();

        async Task WriteAsync(string text)
        {
            await editor.ClickAsync();
            await page.Keyboard.PressAsync("Control+a");
            await page.Keyboard.InsertTextAsync(text);
        }

        async Task SaveAsync()
        {
            await Assertions.Expect(unsaved).ToBeVisibleAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
            await Assertions.Expect(unsaved).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task A_run_with_a_password_for_sudo_asks_for_it_again()
    {
        await File.WriteAllTextAsync(Path.Combine(_dashboard.Folder, "playbooks", "short.yml"), "- name: Short\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Ping\n      ansible.builtin.ping:\n");
        var task = (await _api.PostAsync("playbooks/short.yml/run", new { target = "host:" + _nas, become_password = "another-s3cret" })).GetProperty("task_id").GetString()!;
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await SignInAsync(page);
        await page.GotoAsync(Url($"/automation/runs/{task}"));
        await Assertions.Expect(page.GetByText("Completed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Run again", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await LookAsync(page, "run-again", dialog.GetByLabel("Password for sudo"));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run again" }).ClickAsync();
        await Assertions.Expect(dialog.GetByText("Give the password")).ToBeVisibleAsync();
        await dialog.GetByLabel("Password for sudo").FillAsync("another-s3cret");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run again" }).ClickAsync();
        await Assertions.Expect(page).Not.ToHaveURLAsync(Url($"/automation/runs/{task}"));
        await Assertions.Expect(page.GetByText("Completed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task A_run_of_a_million_lines_opens_and_jumps_at_once()
    {
        var task = (await _api.PostAsync("playbooks/upgrade-all.yml/run", new { target = "host:" + _nas })).GetProperty("task_id").GetString()!;
        await Until.TrueAsync(async () => (await _api.GetAsync($"tasks/{task}")).GetProperty("status").GetString() == "failed", "it is over", TimeSpan.FromSeconds(60));
        using (var writer = new RunWriter(new RunFiles(Path.Combine(_dashboard.Folder, "runs")), task, long.MaxValue))
        {
            for (var i = 0; i < ManyLines; i++)
            {
                writer.Line(Encoding.UTF8.GetBytes($"\x1b[0;32mok: [web-{i % 70}] => line {i + 1} of the output\x1b[0m"));
            }
        }

        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_dashboard.Folder, "homelab.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                UPDATE tasks SET result_data = json_set(result_data, '$.lines', 1000000);
                INSERT INTO tasks (id, action, target, status, playbook, result_data) VALUES ('cut', 'playbook_run', 'all', 'completed', 'upgrade-all.yml', '{"tree_cut":true}')
                """;
            await command.ExecuteNonQueryAsync();
        }

        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await SignInAsync(page);
        await page.GotoAsync(Url($"/automation/runs/{task}"));
        await Assertions.Expect(page.Locator(".run-rows")).ToContainTextAsync("line 5 of the output");
        var jump = page.GetByLabel("Go to line");
        var fastest = long.MaxValue;
        foreach (var line in new[] { 1_000_000, 500_000, 123_456 })
        {
            await jump.FillAsync(line.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var clock = Stopwatch.StartNew();
            await jump.PressAsync("Enter");
            await page.WaitForFunctionAsync("text => document.querySelector('.run-row.marked')?.textContent.includes(text)", $"line {line} of the output", new() { PollingInterval = 5 });
            fastest = Math.Min(fastest, clock.ElapsedMilliseconds);
        }

        Assert.True(fastest < 1000, $"The fastest of the jumps took {fastest} ms.");

        await page.GetByLabel("Find in the output").FillAsync("line 777777 of");
        await page.GetByLabel("Find in the output").PressAsync("Enter");
        await Assertions.Expect(page.Locator(".run-row.marked")).ToContainTextAsync("line 777777 of the output");
        await LookAsync(page, "run-million", page.Locator(".run-row.marked"));

        Assert.Equal((false, true), ((await _api.GetAsync($"tasks/{task}")).GetProperty("tree_cut").GetBoolean(), (await _api.GetAsync("tasks/cut")).GetProperty("tree_cut").GetBoolean()));
        await page.GotoAsync(Url("/automation/runs/cut"));
        await LookAsync(page, "run-cut", page.GetByText("the first 2,000 tasks, 1,000 hosts and 200,000 events"));
    }

    private async Task SignInAsync(IPage page)
    {
        await page.GotoAsync(Url("/login"));
        await page.SignInAsync("ada", Password);
        await Assertions.Expect(page.GetByText("docker-01").First).ToBeVisibleAsync();
    }

    /// <summary>Wide and on a phone, in both themes.</summary>
    private static async Task LookAsync(IPage page, string name, ILocator there)
    {
        await Assertions.Expect(there).ToBeVisibleAsync();
        await page.EvaluateAsync("() => document.fonts.ready");
        foreach (var (width, height) in new[] { (390, 844), (1440, 900) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
                if (Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS") is { Length: > 0 } folder)
                {
                    await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, folder, $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png") });
                }

                var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
                Assert.True(overflow <= 0, $"{name} is {overflow} px too wide at {width}.");
                var violations = await Axe.ViolationsAsync(page, "tag", Standards);
                Assert.True(violations.Count == 0, $"{name}, {scheme}, {width}: {string.Join('\n', violations)}");
            }
        }
    }

    private string Url(string path) => new Uri(_dashboard.Address, path).ToString();
}
