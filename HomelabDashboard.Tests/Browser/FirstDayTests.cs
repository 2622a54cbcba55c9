using System.Globalization;
using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>What a person does on the first day, in a real browser against the built program, a real sshd and a real ttyd.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class FirstDayTests(BrowserFixture browser)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task From_a_fresh_start_to_live_figures_and_a_terminal_that_survives()
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string> { ["Homelab__Metrics__IntervalSeconds"] = "1" });
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var faults = WatchFaults(page);

        // Set up, with the code from the log.
        await page.GotoAsync(dashboard.Address.ToString());
        await Assertions.Expect(page).ToHaveURLAsync(Pattern("/setup$"));
        await page.GetByLabel("Setup code").FillAsync("wrong");
        await page.GetByLabel("Username").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the first admin" }).ClickAsync();
        await Assertions.Expect(page.GetByText("This is not the code.")).ToBeVisibleAsync();
        await page.GetByLabel("Setup code").FillAsync(await dashboard.SetupCodeAsync());
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the first admin" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No hosts yet")).ToBeVisibleAsync();

        // Sign out, and in again.
        await page.GetByTitle("Account").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(Pattern("/login"));
        await page.SignInAsync("ada", Password);

        // Add a host: first with an address that is an attack, then with the real one.
        await page.GetByRole(AriaRole.Link, new() { Name = "Add your first host" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("nas");
        await page.GetByLabel("Address").FillAsync("-oProxyCommand=touch /tmp/owned");
        await page.GetByLabel("SSH port").FillAsync(server.Port.ToString(CultureInfo.InvariantCulture));
        await page.GetByLabel("SSH user").FillAsync(server.User);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Address")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.GetByLabel("Address").FillAsync(server.Address);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        // Paste the line that the page shows, compare the fingerprint, approve.
        var line = page.GetByText(PublicKey()).First;
        await Assertions.Expect(line).ToBeVisibleAsync();
        server.Authorize(PublicKey().Match(await line.InnerTextAsync()).Value);
        await Assertions.Expect(page.GetByText(server.Fingerprint)).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "They are the same, approve" }).ClickAsync();
        await page.GetByText("nas answers.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open nas" }).ClickAsync();

        // Figures arrive, and move.
        var load = page.Locator(".tile", new() { HasText = "CPU" }).First;
        await Assertions.Expect(load.Locator(".big")).ToHaveTextAsync(Pattern(@"^\d+\s*%$"));
        await Assertions.Expect(page.Locator(".tile", new() { HasText = "Memory" }).First).ToContainTextAsync(Pattern(@"\d\s*of [\d.]+ GB"));
        var first = await page.Locator(".tiles").InnerTextAsync();
        await Until.TrueAsync(async () => await page.Locator(".tiles").InnerTextAsync() != first, "the figures move");

        // A terminal, which survives a reload and a window of its own.
        await page.GetByRole(AriaRole.Link, new() { Name = "Terminal", Exact = true }).First.ClickAsync();
        await TypeAsync(page, "echo $((6*7))-ok");
        await Assertions.Expect(Screen(page)).ToContainTextAsync("42-ok");
        await page.ReloadAsync();
        await Assertions.Expect(Screen(page)).ToContainTextAsync("42-ok");
        var window = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Pop out" }).ClickAsync());
        await Assertions.Expect(Screen(window)).ToContainTextAsync("42-ok");
        await TypeAsync(window, "echo $((5*5))-window");
        await Assertions.Expect(Screen(window)).ToContainTextAsync("25-window");
        await window.CloseAsync();

        // The end: one session, and one login for all of it.
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        var session = Assert.Single((await api.GetAsync("sessions?status=active")).GetProperty("items").EnumerateArray().ToList());
        await page.GotoAsync(new Uri(dashboard.Address, "/terminals").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "End" }).First.ClickAsync();
        await Until.TrueAsync(
            async () => (await api.GetAsync($"sessions/{session.GetProperty("id").GetString()}")).GetProperty("status").GetString() == "closed",
            "the session is closed");
        Assert.Equal(1, server.Logins);
        Assert.Empty(faults);

        // A page that is open does not hold up the end, and says that the dashboard is gone.
        Assert.Equal(0, await dashboard.StopAsync());
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
    }

    /// <summary>The browser runs it, so it may have no options of .NET's own.</summary>
    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    private static ILocator Screen(IPage page) => page.Locator(".xterm-rows");

    private static async Task TypeAsync(IPage page, string line)
    {
        await Assertions.Expect(Screen(page)).ToContainTextAsync(Pattern(@"[$#%>]"));
        await page.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync(line);
        await page.Keyboard.PressAsync("Enter");
    }

    private static List<string> WatchFaults(IPage page)
    {
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, message) =>
        {
            // A refused form answers 400, which the browser reports too.
            if (message.Type == "error" && !message.Text.Contains("400 (Bad Request)", StringComparison.Ordinal))
            {
                faults.Add(message.Text);
            }
        };
        return faults;
    }

    [GeneratedRegex(@"ssh-ed25519 [A-Za-z0-9+/=]+", RegexOptions.None, 1000)]
    private static partial Regex PublicKey();
}
