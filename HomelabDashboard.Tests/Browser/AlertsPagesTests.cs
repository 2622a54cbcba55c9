using System.Net;
using System.Net.Http.Json;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class AlertsPagesTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";

    /// <summary>Keeps what the page would have shown by the system's own means.</summary>
    private const string RecordNotices = """
        window.notices = [];
        window.Notification = class extends EventTarget {
            static permission = "granted";
            static requestPermission = async () => "granted";
            constructor(title, options) { super(); window.notices.push(`${options.tag} ${title}`); }
        };
        """;

    [Fact]
    public async Task An_alert_stands_on_the_overview_in_the_title_and_in_a_notice_until_somebody_sees_to_it()
    {
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        await using var context = await browser.NewContextAsync();
        await context.AddInitScriptAsync(RecordNotices);
        var page = await context.NewPageAsync();
        await page.GotoAsync(dashboard.Address.ToString());
        await page.SignInAsync("ada", Password);
        await Assertions.Expect(page).ToHaveTitleAsync("Overview · Homelab");
        await page.GotoAsync(new Uri(dashboard.Address, "/settings").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Turn off" })).ToBeVisibleAsync();
        await page.GotoAsync(dashboard.Address.ToString());
        await Assertions.Expect(page).ToHaveTitleAsync("Overview · Homelab");

        using var http = new HttpClient { BaseAddress = dashboard.Address };
        for (var i = 0; i < 5; i++)
        {
            using var refused = await http.PostAsJsonAsync("/api/v1/auth/token", new { username = "nobody", password = "guessed" });
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        var needs = page.GetByRole(AriaRole.Region, new() { Name = "What needs you" });
        await Assertions.Expect(needs.GetByRole(AriaRole.Link, new() { Name = "sign-ins fail from 127.0.0.1", Exact = true })).ToBeVisibleAsync(new() { Timeout = 40_000 });
        await Assertions.Expect(page).ToHaveTitleAsync("(1) Overview · Homelab");
        await Assertions.Expect(page.Locator("link[rel=icon][href*=problem]")).ToHaveCountAsync(1);
        await page.WaitForFunctionAsync("() => window.notices.length > 0");
        Assert.Equal(["alert-1 sign-ins fail from 127.0.0.1"], await page.EvaluateAsync<string[]>("() => window.notices"));

        await needs.GetByRole(AriaRole.Link, new() { Name = "Read the log: sign-ins fail from 127.0.0.1" }).ClickAsync();
        await Assertions.Expect(page.GetByText("A sign-in failed.").First).ToBeVisibleAsync();
        await page.GoBackAsync();

        await needs.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Assertions.Expect(needs).ToContainTextAsync("seen by ada");
        await Assertions.Expect(page).ToHaveTitleAsync("Overview · Homelab");
    }
}
