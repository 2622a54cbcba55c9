using System.Globalization;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>The charts of a host that has been there for a year.</summary>
[Collection(BrowserCollection.Name)]
public sealed class HostChartsTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task A_year_of_figures_is_looked_at_and_a_part_of_it_zoomed_into()
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string>
        {
            ["HOMELAB_ADMIN_USERNAME"] = "ada",
            ["HOMELAB_ADMIN_PASSWORD"] = Password,
        });
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "nas");
        await RememberAYearAsync(dashboard.Folder, host);

        await using var context = await browser.NewContextAsync(1440, 900, ColorScheme.Dark);
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(dashboard.Address, "/login").ToString());
        await page.SignInAsync("ada", Password);
        await page.GetByText("nas").First.WaitForAsync();
        await page.GotoAsync(new Uri(dashboard.Address, $"/hosts/{host}").ToString());
        await page.GetByRole(AriaRole.Heading, new() { Name = "Last hour" }).WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "30 d" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Last 30 days" }).WaitForAsync();
        await Until.TrueAsync(async () => await DrawnAsync(page) > 2000, "the CPU of 30 days is drawn");
        await ShotAsync(page, "host-30d");

        var plot = (await page.Locator(".chart .u-over").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(plot.X + (plot.Width * 0.4f), plot.Y + 40);
        await Until.TrueAsync(async () => (await page.Locator(".chart-tip").First.TextContentAsync() ?? "").Contains(" to ", StringComparison.Ordinal), "the tip tells the band");
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(plot.X + (plot.Width * 0.6f), plot.Y + 60, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await page.WaitForURLAsync("**from=*");
        await page.GetByRole(AriaRole.Link, new() { Name = "Zoom out" }).WaitForAsync();
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(page.Url).Query);
        var days = (long.Parse(query["to"]!, CultureInfo.InvariantCulture) - long.Parse(query["from"]!, CultureInfo.InvariantCulture)) / 86400.0;
        Assert.InRange(days, 5, 7);
        await Until.TrueAsync(async () => await DrawnAsync(page) > 2000, "the part is drawn");
        await ShotAsync(page, "host-zoomed");

        await page.GetByRole(AriaRole.Link, new() { Name = "Zoom out" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Last 30 days" }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "1 y" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Last year" }).WaitForAsync();
        await Until.TrueAsync(async () => await DrawnAsync(page) > 2000, "the year is drawn");
        await page.SetViewportSizeAsync(390, 844);
        await ShotAsync(page, "host-1y-phone");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));

        // A time of which nothing is known says so.
        await page.GotoAsync(new Uri(dashboard.Address, $"/hosts/{host}?range=1y&from=1000000000&to=1000100000").ToString());
        await page.GetByText("Nothing was recorded in this time.").WaitForAsync();
    }

    /// <summary>How many pixels of the first chart have the colour of its line or its band.</summary>
    private static Task<int> DrawnAsync(IPage page) => page.EvaluateAsync<int>("""
        () => {
          const canvas = document.querySelector(".charts canvas");
          if (!canvas) return 0;
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let drawn = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0 && data[i + 2] > data[i] + 40) drawn++;
          return drawn;
        }
        """);

    private static async Task ShotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
        }
    }

    /// <summary>Steps as they are left by a year of readings, with a gap of two days and a reboot after it.</summary>
    private static async Task RememberAYearAsync(string folder, string host)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "homelab.db")};Pooling=False");
        await connection.OpenAsync();
        foreach (var (step, days) in new[] { (300, 30), (3600, 365) })
        {
            await using var command = connection.CreateCommand();
            command.CommandText = """
                WITH RECURSIVE at(t) AS (SELECT CAST(strftime('%s', 'now') AS INTEGER) / @step * @step - @step - @days * 86400 UNION ALL SELECT t + @step FROM at WHERE t < CAST(strftime('%s', 'now') AS INTEGER) - 2 * @step)
                INSERT OR IGNORE INTO host_metric_rollups (host_id, step_seconds, start, count, uptime_seconds,
                    cpu_usage_percent_minimum, cpu_usage_percent_mean, cpu_usage_percent_maximum, memory_usage_percent_minimum, memory_usage_percent_mean, memory_usage_percent_maximum,
                    network_receive_rate_minimum, network_receive_rate_mean, network_receive_rate_maximum, disk_read_rate_minimum, disk_read_rate_mean, disk_read_rate_maximum)
                SELECT @host, @step, t, @step / 15, CASE WHEN t < @boot THEN 9000000 ELSE 60 + t - @boot END,
                    800 + 500 * (t / 7200 % 5), 2000 + 700 * (t / 7200 % 5), 4500 + 900 * (t / 7200 % 5), 4000, 4200 + t / 3600 % 400, 4900,
                    1000, 40000 + t / 3600 % 24 * 1000, 900000, 0, 20000, 4000000
                FROM at WHERE t NOT BETWEEN @boot - 2 * 86400 AND @boot
                """;
            command.Parameters.AddWithValue("@host", host);
            command.Parameters.AddWithValue("@step", step);
            command.Parameters.AddWithValue("@days", days);
            command.Parameters.AddWithValue("@boot", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - (10 * 86400));
            await command.ExecuteNonQueryAsync();
        }
    }
}
