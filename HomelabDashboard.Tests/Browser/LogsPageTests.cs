using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class LogsPageTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Reading_on_goes_back_through_all_of_the_log_and_the_page_stays_small()
    {
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        await WriteAsync(dashboard.Folder, 2500);
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(dashboard.Address, "/login?returnUrl=%2Flogs").ToString());
        await page.SignInAsync("ada", Password);
        await page.GetByText("line 2500 of the disk").WaitForAsync();
        var lines = page.Locator(".log-line");

        // By scrolling alone.
        await Until.TrueAsync(
            async () =>
            {
                await lines.Last.ScrollIntoViewIfNeededAsync();
                return await page.GetByText("line 1 of the disk", new() { Exact = true }).CountAsync() == 1;
            },
            "the oldest line is there");
        Assert.InRange(await lines.CountAsync(), 500, 1000);
        Assert.Equal(0, await page.GetByText("line 2500 of the disk").CountAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Back to the newest" }).ClickAsync();
        await Assertions.Expect(page.GetByText("line 2500 of the disk")).ToBeInViewportAsync();
        await Assertions.Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task WriteAsync(string folder, int count)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "homelab.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
            INSERT INTO logs (level, source, message, created_at) SELECT 'info', 'disks', 'line ' || i || ' of the disk', datetime('now') FROM n
            """;
        command.Parameters.AddWithValue("@count", count);
        await command.ExecuteNonQueryAsync();
    }
}
