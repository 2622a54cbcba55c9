using System.Globalization;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>What a terminal's own page offers: time put off, room made, another one taken, its looks, and what it does when the line breaks.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TerminalPageTests(BrowserFixture browser, SharedTerminalLab shared) : IClassFixture<SharedTerminalLab>
{
    [Fact]
    public async Task A_terminal_that_is_about_to_end_says_so_and_one_click_puts_it_off()
    {
        // Two minutes and a little: the warning is there soon after the start.
        await using var lab = await TerminalLab.StartAsync(("Homelab__Terminals__IdleTimeout", "00:02:04"));
        await using var context = await browser.NewContextAsync();
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        var pane = TerminalLab.Panes(page).First;
        await Assertions.Expect(pane).ToContainTextAsync("Connected");
        await Assertions.Expect(pane.Locator(".soon").First).ToContainTextAsync(TerminalLab.Pattern(@"idle out in [12]:\d\d"));
        var warning = pane.GetByText("Nothing has been typed for a while, and this terminal is about to end.");
        await Assertions.Expect(warning).ToBeVisibleAsync();
        await Assertions.Expect(pane.Locator(".term-notice:visible b")).ToHaveTextAsync(TerminalLab.Pattern(@"^1:\d\d$"));
        await pane.Locator(".term-notice:visible").GetByRole(AriaRole.Button, new() { Name = "Extend" }).ClickAsync();
        await Assertions.Expect(warning).ToBeHiddenAsync();
        await Assertions.Expect(pane.Locator(".soon").First).ToContainTextAsync("idle out in 2:0");

        // The focus is back where it was.
        await page.Keyboard.TypeAsync("echo go-$((1+1))");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("go-2");
    }

    [Fact]
    public async Task Past_the_quota_the_one_idle_longest_can_be_ended_for_the_new_one()
    {
        await using var lab = await TerminalLab.StartAsync(("Homelab__Terminals__MaxSessionsPerUser", "2"));
        var oldest = await lab.OpenAsync("media");
        var other = await lab.OpenAsync("nas");
        await using var context = await browser.NewContextAsync();
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a new terminal" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The one that is idle longest is yours on media")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End it and open this one" }).ClickAsync();
        await TerminalLab.TypeAsync(page, TerminalLab.Panes(page).First, "echo new-$((1+1))");
        await Assertions.Expect(TerminalLab.Screen(TerminalLab.Panes(page).First)).ToContainTextAsync("new-2");
        Assert.Equal(("closed", "quota"), await lab.EndOfAsync(oldest));
        Assert.Equal(("active", null), await lab.EndOfAsync(other));
    }

    [Fact]
    public async Task One_that_is_open_on_the_host_is_offered_before_a_new_one_and_after()
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        var there = await lab.OpenAsync("nas");
        await using var context = await browser.NewContextAsync();
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        await Assertions.Expect(page.GetByText("You have a terminal open on nas")).ToBeVisibleAsync();
        Assert.Equal(1, await lab.OpenCountAsync());
        await page.Locator(".term-choice").First.ClickAsync();
        await TerminalLab.TypeAsync(page, TerminalLab.Panes(page).First, "echo kept-$((1+1))");
        await Assertions.Expect(page).ToHaveURLAsync(TerminalLab.Pattern($"panes={there}$"));

        // In a tab that starts anew without a look at it: the new one can be given up for it.
        await page.EvaluateAsync("() => sessionStorage.clear()");
        await page.GotoAsync(lab.TerminalUrl("nas") + "?panes=gone");
        await Assertions.Expect(page.GetByText("A terminal that was here has ended.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a new terminal" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Use that one instead")).ToBeHiddenAsync();
        await page.Locator(".term-tab .close").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New terminal", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("You have another terminal open on nas")).ToBeVisibleAsync();
        await Until.TrueAsync(async () => await lab.OpenCountAsync() == 3, "three are open");
        var before = await IdsAsync(lab);
        await page.GetByRole(AriaRole.Button, new() { Name = "Use that one instead" }).ClickAsync();
        await Until.TrueAsync(async () => await lab.OpenCountAsync() == 2, "the new one is given up");
        var given = Assert.Single(before.Except(await IdsAsync(lab)));
        await Until.TrueAsync(async () => await lab.EndOfAsync(given) == ("closed", "reused"), "it has ended as reused");
        Assert.Equal(("active", null), await lab.EndOfAsync(there));
    }

    [Fact]
    public async Task Colours_and_text_size_are_kept_and_search_says_how_many()
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        await using var context = await browser.NewContextAsync();
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        var pane = TerminalLab.Panes(page).First;
        await TerminalLab.TypeAsync(page, pane, "printf 'find%s\\n' 1 2 3 other");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("findother");
        await page.GetByRole(AriaRole.Button, new() { Name = "Colours and text size" }).ClickAsync();
        await page.GetByLabel("Gruvbox").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Larger text" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Larger text" }).ClickAsync();
        await Assertions.Expect(page.Locator(".term-size output")).ToHaveTextAsync("15 px");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await page.ReloadAsync();
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("findother");
        await Assertions.Expect(pane.Locator(".term")).ToHaveCSSAsync("background-color", "rgb(40, 40, 40)");
        Assert.Equal("15px", await TerminalLab.Screen(pane).EvaluateAsync<string>("e => getComputedStyle(e).fontSize"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Colours and text size" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Usual text size" }).ClickAsync();
        await Assertions.Expect(page.Locator(".term-size output")).ToHaveTextAsync("13 px");
        await page.Keyboard.PressAsync("Escape");

        await page.Keyboard.PressAsync("Control+Shift+KeyF");
        await page.Keyboard.TypeAsync("findother");
        await Assertions.Expect(pane.Locator(".term-count")).ToHaveTextAsync("1 of 1");
        await pane.GetByLabel("Find in the terminal").FillAsync("find");
        await Assertions.Expect(pane.Locator(".term-count")).ToHaveTextAsync(TerminalLab.Pattern(@"^\d of 5$"));
        var first = await pane.Locator(".term-count").InnerTextAsync();
        await pane.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Assertions.Expect(pane.Locator(".term-count")).Not.ToHaveTextAsync(first);
        await pane.GetByLabel("Find in the terminal").FillAsync("nowhere");
        await Assertions.Expect(pane.Locator(".term-count")).ToHaveTextAsync("None");
    }

    [Fact]
    public async Task While_the_line_is_broken_it_counts_down_and_tries_at_once_when_asked()
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        await using var line = await CutLine.StartAsync(lab.Dashboard.Address);
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await lab.SignInAsync(page, line.Address);
        await page.GotoAsync(new Uri(line.Address, $"/hosts/{lab.Hosts["nas"]}/terminal").ToString());
        var pane = TerminalLab.Panes(page).First;
        await TerminalLab.TypeAsync(page, pane, "for i in $(seq 1 400); do echo line-$i; sleep 0.01; done; echo last-$((40+2))");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync(TerminalLab.Pattern(@"line-\d"));
        line.Cut();
        await Assertions.Expect(pane.GetByText(TerminalLab.Pattern(@"trying again in \d+ s\."))).ToBeVisibleAsync();
        await Assertions.Expect(pane).ToContainTextAsync("Reconnecting");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        line.Mend();
        await pane.GetByRole(AriaRole.Button, new() { Name = "Try now" }).ClickAsync();
        await Assertions.Expect(pane).ToContainTextAsync("Connected");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("last-42");
        Assert.Equal(400, await CountAsync(pane, "line-"));
    }

    [Fact]
    public async Task A_line_that_was_edited_in_a_wide_window_is_whole_in_a_narrow_one()
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        await using var context = await browser.NewContextAsync(1200, 800);
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        var pane = TerminalLab.Panes(page).First;
        var words = string.Join('-', Enumerable.Range(1000, 30));
        await TerminalLab.TypeAsync(page, pane, "PS1='> '");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync(TerminalLab.Pattern(@">\s*$"));

        // The shell moves over the lines that it wraps by itself, at the width of the window.
        await page.Keyboard.TypeAsync($"-{words} # edited");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("echo said");
        await page.Keyboard.PressAsync("Enter");
        await ShowsAsync();

        foreach (var (width, height) in ((int, int)[])[(620, 500), (1400, 900)])
        {
            await page.SetViewportSizeAsync(width, height);
            await page.ReloadAsync();
            await ShowsAsync();
        }

        // Two windows share the smaller one's size, in which the shell writes.
        await using var small = await browser.NewContextAsync(620, 500);
        var other = await lab.SignInAsync(small);
        await other.GotoAsync(lab.TerminalUrl("nas"));
        await other.Locator(".term-choice").First.ClickAsync();
        await Assertions.Expect(pane).ToContainTextAsync("2 windows attached, the size is another's");
        await other.CloseAsync();
        await Assertions.Expect(pane).Not.ToContainTextAsync("windows attached");
        await ShowsAsync();

        async Task ShowsAsync()
        {
            var text = "";
            try
            {
                await Until.TrueAsync(
                    async () =>
                    {
                        text = string.Concat(string.Concat(await TerminalLab.Screen(pane).Locator("> div").AllInnerTextsAsync()).Where(c => !char.IsWhiteSpace(c)));
                        return text.Contains($">echosaid-{words}#editedsaid-{words}>", StringComparison.Ordinal);
                    },
                    "the command and its output are whole");
            }
            catch (TimeoutException late)
            {
                throw new InvalidOperationException(text, late);
            }
        }
    }

    [Fact]
    public async Task Popping_out_and_back_loses_no_line_and_the_page_s_keys_stay_out_of_it()
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        await using var context = await browser.NewContextAsync();
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        var pane = TerminalLab.Panes(page).First;
        await TerminalLab.TypeAsync(page, pane, "for i in $(seq 1 300); do echo line-$i; sleep 0.01; done; echo last-$((40+2))");
        var window = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Pop out" }).ClickAsync());
        await Assertions.Expect(TerminalLab.Screen(window.Locator("body"))).ToContainTextAsync("last-42");
        Assert.Equal(300, await CountAsync(window.Locator("body"), "line-"));
        await window.CloseAsync();
        await Assertions.Expect(page.GetByText("This terminal is in a window of its own.")).ToBeHiddenAsync();
        Assert.Equal(300, await CountAsync(pane, "line-"));

        await pane.Locator(".xterm").ClickAsync();
        await page.Keyboard.PressAsync("Control+KeyK");
        await page.Keyboard.TypeAsync("?ghgd/");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("?ghgd/");
        await Assertions.Expect(page).ToHaveURLAsync(TerminalLab.Pattern("/terminal"));
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task On_a_phone_the_keys_that_its_keyboard_lacks_are_there()
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        await using var context = await browser.NewPhoneContextAsync();
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        var pane = TerminalLab.Panes(page).First;
        await TerminalLab.TypeAsync(page, pane, "cat -v");
        await pane.GetByRole(AriaRole.Button, new() { Name = "Esc" }).TapAsync();
        await pane.GetByRole(AriaRole.Button, new() { Name = "Up" }).TapAsync();
        await pane.GetByRole(AriaRole.Button, new() { Name = "Tab", Exact = true }).TapAsync();
        await page.Keyboard.TypeAsync("x");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("^[^[[A");
        await pane.GetByRole(AriaRole.Button, new() { Name = "Ctrl", Exact = true }).TapAsync();
        await page.Keyboard.PressAsync("c");
        await TerminalLab.TypeAsync(page, pane, "echo out-$((1+1))");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("out-2");
        foreach (var key in await pane.Locator(".term-keys button").AllAsync())
        {
            Assert.True((await key.BoundingBoxAsync())!.Height >= 40);
        }
    }

    [Fact]
    public async Task A_paste_of_several_lines_is_asked_about()
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        await using var context = await browser.NewContextAsync();
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        var pane = TerminalLab.Panes(page).First;
        await TerminalLab.TypeAsync(page, pane, "cat");
        await page.EvaluateAsync("() => navigator.clipboard.writeText('first\\nsecond\\n')");
        await pane.Locator(".xterm-screen").ClickAsync(new() { Button = MouseButton.Right });
        await Assertions.Expect(pane.GetByText("Paste 2 lines?")).ToBeVisibleAsync();
        await pane.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(TerminalLab.Screen(pane)).Not.ToContainTextAsync("second");
        await pane.Locator(".xterm-screen").ClickAsync(new() { Button = MouseButton.Right });
        await pane.GetByRole(AriaRole.Button, new() { Name = "Paste" }).ClickAsync();
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("second");
    }

    private static async Task<HashSet<string>> IdsAsync(TerminalLab lab) =>
        [.. (await lab.Api.GetAsync("sessions?status=active")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("id").GetString()!)];

    /// <summary>How many lines in the terminal, with all that was scrolled away, begin so. Read as a person would: by searching.</summary>
    private static async Task<int> CountAsync(ILocator pane, string begin)
    {
        await pane.GetByRole(AriaRole.Button, new() { Name = "Find (Ctrl+Shift+F)" }).ClickAsync();
        await pane.GetByLabel("Find in the terminal").FillAsync(begin);

        // Beside the lines themselves there is the command that prints them.
        await Assertions.Expect(pane.Locator(".term-count")).ToHaveTextAsync(TerminalLab.Pattern(@"^\d+ of \d+$"));
        var count = int.Parse((await pane.Locator(".term-count").InnerTextAsync()).Split(' ')[^1], CultureInfo.InvariantCulture) - 1;
        await pane.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        return count;
    }
}
