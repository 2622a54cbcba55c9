using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class ChangedHostKeyTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task A_host_that_shows_its_approved_key_again_is_connected_again_by_a_person()
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
        await server.StopAsync();
        await server.NewHostKeyAsync();
        await server.RestartAsync();
        await Until.TrueAsync(async () => await StatusAsync() == "key_changed", "the other key is seen");
        await server.StopAsync();

        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(dashboard.Address, "/login").ToString());
        await page.SignInAsync("ada", Password);
        await Assertions.Expect(page.GetByText("nas").First).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(dashboard.Address, $"/hosts/{host}/settings").ToString());
        await Assertions.Expect(page.GetByText("It does not show a key just now.")).ToBeVisibleAsync();

        await server.OldHostKeyAsync();
        await server.RestartAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask again" }).ClickAsync();
        await Assertions.Expect(page.GetByText("It offers the approved key again now.")).ToBeVisibleAsync();
        Assert.Equal("key_changed", await StatusAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Connect again" }).ClickAsync();
        await Until.TrueAsync(async () => await StatusAsync() == "online", "it is connected again");
        await Assertions.Expect(page.GetByText("Approved", new() { Exact = true })).ToBeVisibleAsync();

        async Task<string?> StatusAsync() => (await api.GetAsync($"hosts/{host}")).GetProperty("status").GetString();
    }
}
