using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class KeysTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Keys_move_between_pages_but_never_while_something_is_typed()
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "nas");
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(dashboard.Address.ToString());
        await page.SignInAsync("ada", Password);
        await Assertions.Expect(page.GetByText("nas").First).ToBeVisibleAsync();

        await page.Keyboard.TypeAsync("gh");
        await Assertions.Expect(page).ToHaveURLAsync(Ends("/hosts"));
        var filter = page.GetByRole(AriaRole.Searchbox, new() { Name = "Filter hosts" });

        // A page that one has just come to gives its heading the focus, for those who have it read to them.
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Hosts", Level = 1 })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(filter).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("gt?");
        await Assertions.Expect(filter).ToHaveValueAsync("gt?");
        await Assertions.Expect(page).ToHaveURLAsync(Ends(@"q=gt%3F"));
        await page.GetByRole(AriaRole.Heading).First.ClickAsync();

        var list = page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(list).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("gt");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(list).ToBeHiddenAsync();
        Assert.Contains("/hosts", page.Url, StringComparison.Ordinal);

        await page.GotoAsync(new Uri(dashboard.Address, $"/hosts/{host}/terminal").ToString());
        await Assertions.Expect(page.Locator(".xterm-rows")).ToContainTextAsync("#");
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync("gs?");
        await Assertions.Expect(page.Locator(".xterm-rows")).ToContainTextAsync("gs?");
        await Assertions.Expect(list).ToBeHiddenAsync();
        await Assertions.Expect(page).ToHaveURLAsync(Ends(@"/terminal(\?panes=\w+)?"));
    }

    [Fact]
    public async Task The_palette_finds_and_does_things_and_leaves_the_terminal_its_key()
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "nas");
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(dashboard.Address.ToString());
        await page.SignInAsync("ada", Password);
        await Assertions.Expect(page.GetByText("nas").First).ToBeVisibleAsync();

        var palette = page.GetByRole(AriaRole.Dialog, new() { Name = "Find or do something" });
        var field = page.GetByRole(AriaRole.Combobox, new() { Name = "Find or do something" });
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(field).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("setings");
        await Assertions.Expect(palette.GetByRole(AriaRole.Option, new() { Selected = true })).ToContainTextAsync("Settings");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(palette).ToBeHiddenAsync();

        // On a busy machine the field that was closed has the focus for a while yet.
        await page.Locator("#palette input").DispatchEventAsync("keydown", new { key = "k", ctrlKey = true, bubbles = true });
        await Assertions.Expect(field).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(palette).ToBeHiddenAsync();

        // What Enter does is decided by what was typed before it, however fast.
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("check nas");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(palette).ToBeHiddenAsync();
        await Until.TrueAsync(
            async () => (await api.GetAsync("operations?kind=collect")).GetProperty("items").EnumerateArray().Any(o => o.GetProperty("target").GetString() == $"host:{host}"),
            "nas is read");
        var asked = await Until.NotNullAsync(
            async () => (await api.GetAsync("logs?source=operations&q=collect")).GetProperty("items").EnumerateArray().Select(l => $"{l.GetProperty("user_id")} {l.GetProperty("remote_address")}").FirstOrDefault(),
            "it is in the log");
        Assert.Equal("1 127.0.0.1", asked);

        await page.GetByRole(AriaRole.Button, new() { Name = "Find or do something" }).ClickAsync();
        await page.Keyboard.TypeAsync("terminal na");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(Ends($@"/hosts/{host}/terminal(\?panes=\w+)?"));
        await Assertions.Expect(page.Locator(".xterm-rows")).ToContainTextAsync("#");
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync("abcdef");
        await Assertions.Expect(page.Locator(".xterm-rows")).ToContainTextAsync("abcdef");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(page.Locator(".xterm-rows")).Not.ToContainTextAsync("abcdef");
        await Assertions.Expect(palette).ToBeHiddenAsync();

        // What was done a moment ago comes first now.
        await page.GotoAsync(new Uri(dashboard.Address, "/logs").ToString());
        await Assertions.Expect(page.GetByText("ada opened a terminal on nas.")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(palette.GetByRole(AriaRole.Option).Filter(new() { HasText = "Open a terminal on nas" }).Or(palette.GetByRole(AriaRole.Option).Filter(new() { HasText = "Overview" })).First).ToBeVisibleAsync();
    }

    private static Regex Ends(string path) => new($"{path}$", RegexOptions.None, TimeSpan.FromSeconds(1));
}
