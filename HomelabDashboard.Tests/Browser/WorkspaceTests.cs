using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>Several terminals beside each other, as a person works with them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class WorkspaceTests(BrowserFixture browser)
{
    [Fact]
    public async Task Tabs_and_splits_of_several_hosts_are_moved_about_and_survive_a_reload()
    {
        await using var lab = await TerminalLab.StartAsync();
        await using var context = await browser.NewContextAsync();
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.Url("/terminals/workspace"));
        await page.GetByRole(AriaRole.Button, new() { Name = "nas" }).ClickAsync();
        var first = TerminalLab.Panes(page).First;
        await TerminalLab.TypeAsync(page, first, "echo one-$((40+2))");
        await Assertions.Expect(TerminalLab.Screen(first)).ToContainTextAsync("one-42");

        // Another host to its right, by the keyboard.
        await page.Keyboard.PressAsync("Control+Shift+KeyE");
        await page.GetByLabel("Find a host").FillAsync("med");
        await page.GetByLabel("Find a host").PressAsync("Enter");
        await lab.ShowsPanesAsync(page, 2);
        var second = TerminalLab.Panes(page).Nth(1);
        await TerminalLab.TypeAsync(page, second, "echo two-$((40+2))");
        await Assertions.Expect(TerminalLab.Screen(second)).ToContainTextAsync("two-42");
        await Assertions.Expect(TerminalLab.Screen(first)).ToContainTextAsync("one-42");
        await Assertions.Expect(page.Locator(".term-tab")).ToContainTextAsync("nas + media");

        // The focus goes where the arrows say, and nowhere else.
        await page.Keyboard.PressAsync("Control+Shift+ArrowLeft");
        await page.Keyboard.TypeAsync("echo left-$((1+1))");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(TerminalLab.Screen(first)).ToContainTextAsync("left-2");
        await Assertions.Expect(TerminalLab.Screen(second)).Not.ToContainTextAsync("left");

        // The divider is dragged, and moved by keys.
        var divider = page.GetByRole(AriaRole.Separator);
        var stage = (await page.Locator(".term-stage").BoundingBoxAsync())!;
        var box = (await divider.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 100);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(stage.X + (stage.Width * 0.3f), box.Y + 120, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await Assertions.Expect(page).ToHaveURLAsync(TerminalLab.Pattern("~30"));
        await divider.PressAsync("ArrowRight");
        await Assertions.Expect(page).ToHaveURLAsync(TerminalLab.Pattern("~35"));
        Assert.InRange((await first.BoundingBoxAsync())!.Width / stage.Width, 0.34, 0.36);

        // A tab of its own, then a reload brings all of it back.
        await page.GetByRole(AriaRole.Button, new() { Name = "New terminal" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "media 127.0.0.42" }).ClickAsync();
        await Assertions.Expect(page.Locator(".term-tab")).ToHaveCountAsync(2);
        await TerminalLab.TypeAsync(page, TerminalLab.Panes(page).First, "echo three-$((40+2))");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".term-tab")).ToHaveCountAsync(2);
        await Assertions.Expect(TerminalLab.Screen(TerminalLab.Panes(page).First)).ToContainTextAsync("three-42");
        await page.Locator(".term-tab .name").First.ClickAsync();
        await Assertions.Expect(TerminalLab.Screen(TerminalLab.Panes(page).First)).ToContainTextAsync("one-42");
        await Assertions.Expect(TerminalLab.Screen(TerminalLab.Panes(page).Nth(1))).ToContainTextAsync("two-42");
        Assert.InRange((await TerminalLab.Panes(page).First.BoundingBoxAsync())!.Width / stage.Width, 0.34, 0.36);
        Assert.Equal(3, await lab.OpenCountAsync());

        // Away and back by links: it is as it was left.
        await page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await lab.ShowsPanesAsync(page, 0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Terminals", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Workspace" }).ClickAsync();
        await lab.ShowsPanesAsync(page, 2);

        // On a phone there is one pane at a time, and one that is seen for the first time takes the focus as well.
        await page.SetViewportSizeAsync(390, 844);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".term-pane:visible")).ToHaveCountAsync(1);
        await page.GetByText("1 of 2").ClickAsync();
        await Assertions.Expect(TerminalLab.Screen(page.Locator(".term-pane:visible"))).ToContainTextAsync("two-42");
        await page.SetViewportSizeAsync(1440, 900);
        await Assertions.Expect(second.Locator(".xterm-helper-textarea")).ToBeFocusedAsync();

        // Closing a pane leaves its terminal alone; ending one ends it.
        await page.Keyboard.PressAsync("Control+Shift+KeyX");
        await lab.ShowsPanesAsync(page, 1);
        Assert.Equal(3, await lab.OpenCountAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("This terminal was closed.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(2, await lab.OpenCountAsync());
    }
}
