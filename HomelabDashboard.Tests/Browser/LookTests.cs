using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class LookTests(BrowserFixture browser)
{
    [Fact]
    public async Task Look()
    {
        await using var lab = await TerminalLab.StartAsync(("Homelab__Terminals__IdleTimeout", "00:09:00"));
        var said = new List<string>();
        foreach (var (scheme, width, height) in new[] { (ColorScheme.Dark, 1440, 900), (ColorScheme.Light, 1440, 900), (ColorScheme.Dark, 390, 844), (ColorScheme.Light, 390, 844) })
        {
            await lab.EndAllAsync();
            var there = await lab.OpenAsync("nas");
            await using var context = await browser.NewContextAsync(width, height, scheme);
            var page = await lab.SignInAsync(context);
            await page.GotoAsync(lab.TerminalUrl("nas"));
            await Assertions.Expect(page.GetByText("You have a terminal open on nas")).ToBeVisibleAsync();
            await ShotAsync("offer");
            await page.GotoAsync(lab.Url("/terminals/workspace"));
            await Assertions.Expect(page.GetByLabel("Find a host")).ToBeVisibleAsync();
            await ShotAsync("picker");
            await page.GetByRole(AriaRole.Button, new() { Name = "media 127.0.0.42" }).ClickAsync();
            await TerminalLab.TypeAsync(page, TerminalLab.Panes(page).First, "ls -la /etc | head -20");
            await page.Keyboard.PressAsync("Control+Shift+KeyE");
            await page.Locator(".term-choice").First.ClickAsync();
            await Assertions.Expect(TerminalLab.Panes(page)).ToHaveCountAsync(2);
            await TerminalLab.TypeAsync(page, TerminalLab.Panes(page).Nth(1), "df -h; uptime");
            await page.Keyboard.PressAsync("Control+Shift+KeyO");
            await page.GetByRole(AriaRole.Button, new() { Name = "media 127.0.0.42" }).ClickAsync();
            await Assertions.Expect(TerminalLab.Panes(page)).ToHaveCountAsync(3);
            await TerminalLab.TypeAsync(page, TerminalLab.Panes(page).Nth(2), "top -b -n1 | head -12");
            await Assertions.Expect(TerminalLab.Screen(TerminalLab.Panes(page).Nth(2))).ToContainTextAsync("load");
            await ShotAsync("workspace");
            await TerminalLab.Panes(page).Nth(2).GetByRole(AriaRole.Button, new() { Name = "Colours and text size" }).ClickAsync();
            await ShotAsync("settings");
            await page.Keyboard.PressAsync("Escape");
            await page.GotoAsync(lab.Url("/terminals"));
            await Assertions.Expect(page.GetByText("media").First).ToBeVisibleAsync();
            await ShotAsync("list");
            await page.GotoAsync(lab.TerminalUrl("nas") + $"?panes={there}");
            await Assertions.Expect(page.GetByText("Connected")).ToBeVisibleAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "New terminal" }).ClickAsync();
            await Assertions.Expect(page.Locator(".term-tab")).ToHaveCountAsync(2);
            await page.Locator(".term-tab .close").Last.ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "New terminal" }).ClickAsync();
            await Assertions.Expect(page.GetByText("You have another terminal open")).ToBeVisibleAsync();
            await ShotAsync("another");

            async Task ShotAsync(string name)
            {
                await page.ScreenshotAsync(new() { Path = $"/tmp/sessions-shots/{name}-{scheme}-{width}.png" });
                var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
                var axe = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
                said.Add($"{name} {scheme} {width}: overflow {overflow}; " + string.Join(" | ", axe.Violations.Select(v => v.Id + ": " + string.Join(" ; ", v.Nodes.Take(2).Select(n => n.Html + " " + string.Join(",", n.Any.Select(a => a.Message)))))));
                await File.WriteAllLinesAsync("/tmp/sessions-shots/said.txt", said);
            }
        }
    }
}
