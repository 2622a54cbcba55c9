using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class SignedOutTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task An_open_page_of_a_deactivated_user_ends_within_30_seconds()
    {
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        var grace = await api.PostAsync("users", new { username = "grace", password = Password, role = "viewer" });
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(dashboard.Address, "/hosts").ToString());
        await page.SignInAsync("grace", Password);
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/hosts$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Assertions.Expect(page.GetByText("No hosts yet")).ToBeVisibleAsync();

        await api.PatchAsync($"users/{grace.GetProperty("id").GetInt32()}", new { is_active = false });

        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/login", RegexOptions.None, TimeSpan.FromSeconds(1)), new() { Timeout = 30_000 });
    }
}
