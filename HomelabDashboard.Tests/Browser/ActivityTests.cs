using HomelabDashboard.Tests.Features.Metrics.Inventory;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class ActivityTests(BrowserFixture browser) : IDisposable
{
    private const string Password = "correct horse battery";
    private static readonly string[] Standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    private readonly HostPrograms _programs = new();

    [Fact]
    public async Task What_is_under_way_is_told_on_every_page_and_can_be_ended_and_tried_again()
    {
        // A restart that this host never comes to.
        foreach (var name in new[] { "sudo", "doas", "reboot", "poweroff" })
        {
            _programs.Write(name, "sleep 40; exit 1");
        }

        await using var server = await SshServer.StartAsync();
        await server.StopAsync();
        server.Environment["PATH"] = $"{_programs.Folder}:/usr/sbin:/usr/bin:/sbin:/bin";
        await server.RestartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "nas");
        await AddEndedAsync(dashboard.Folder, host);

        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(dashboard.Address.ToString());
        await page.SignInAsync("ada", Password);
        await page.GetByText("nas").First.ClickAsync();
        await page.GetByTitle("Restart or shut down").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restart…" }).ClickAsync();
        await page.GetByLabel("Type nas to go on").FillAsync("nas");
        await page.GetByRole(AriaRole.Button, new() { Name = "Restart host" }).ClickAsync();

        // By the keyboard, from another page.
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        var button = page.GetByRole(AriaRole.Button, new() { Name = "Activity: 1 operation under way" });
        await Assertions.Expect(button).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Level = 1 })).ToBeFocusedAsync();
        await button.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var drawer = page.GetByRole(AriaRole.Dialog, new() { Name = "Activity" });
        var restart = drawer.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Restart nas" });
        await Assertions.Expect(restart.GetByText("Telling nas to restart.")).ToBeVisibleAsync();

        var output = drawer.GetByRole(AriaRole.Button, new() { Name = "Output of: Deploy shop" });
        await output.ClickAsync();
        await Assertions.Expect(drawer.GetByRole(AriaRole.Log)).ToContainTextAsync("Container shop-db Started");
        foreach (var (width, height) in new[] { (1440, 900), (390, 844) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
                var violations = await Axe.ViolationsAsync(page, "tag", Standards);
                Assert.True(violations.Count == 0, string.Join('\n', violations));
                if (Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS") is { Length: > 0 } folder)
                {
                    await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, folder, $"activity-{scheme.ToString().ToLowerInvariant()}-{width}.png") });
                }
            }
        }

        await page.SetViewportSizeAsync(1440, 900);
        await output.ClickAsync();
        await Assertions.Expect(drawer.GetByRole(AriaRole.Log)).ToHaveCountAsync(0);
        await restart.GetByRole(AriaRole.Button, new() { Name = "Cancel: Restart nas" }).ClickAsync();
        await Assertions.Expect(restart.GetByText("Cancelled.")).ToBeVisibleAsync();

        // The one that had failed is done again, as a new one.
        var reading = drawer.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Read the figures of nas" });
        await Assertions.Expect(reading).ToHaveCountAsync(1);
        await reading.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Assertions.Expect(reading).ToHaveCountAsync(2);
        await Assertions.Expect(reading.GetByText("again · by ada")).ToBeVisibleAsync();
        await Assertions.Expect(reading.First.GetByText("Done")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(drawer).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Activity", Exact = true })).ToBeFocusedAsync();

        // By its keys, and from there to the thing.
        await page.GetByRole(AriaRole.Heading).First.ClickAsync();
        await page.Keyboard.TypeAsync("gw");
        await restart.GetByRole(AriaRole.Link, new() { Name = "nas" }).ClickAsync();
        await Assertions.Expect(drawer).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "nas", Level = 1 })).ToBeVisibleAsync();
    }

    public void Dispose() => _programs.Dispose();

    /// <summary>One with output, and one that failed.</summary>
    private static async Task AddEndedAsync(string folder, string host)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "homelab.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO operations (id, kind, target, host_id, status, error, output, requested_by, created_at, started_at, updated_at, completed_at) VALUES
            ('00000000-0000-7000-8000-000000000001', 'deploy', 'stack:' || @host || '/shop', @host, 'succeeded', NULL, @output, 'ada',
             datetime('now', '-9 minutes'), datetime('now', '-9 minutes'), datetime('now', '-8 minutes'), datetime('now', '-8 minutes')),
            ('00000000-0000-7000-8000-000000000002', 'collect', 'host:' || @host, @host, 'failed', 'nas did not answer within 30 s.', NULL, 'grace',
             datetime('now', '-5 minutes'), datetime('now', '-5 minutes'), datetime('now', '-4 minutes'), datetime('now', '-4 minutes'))
            """;
        command.Parameters.AddWithValue("@host", host);
        command.Parameters.AddWithValue("@output", string.Join('\n', Enumerable.Range(1, 60).Select(i => $"shop-web Pulling layer {i}").Append("Container shop-db Started")));
        await command.ExecuteNonQueryAsync();
    }
}
