using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>Programs that draw the whole screen are as they were after a reload, and fill the screen when it has another size then.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FullScreenProgramTests(BrowserFixture browser, SharedTerminalLab shared) : IClassFixture<SharedTerminalLab>
{
    [Theory]
    [InlineData("vim.tiny -n -u NONE --cmd 'set laststatus=2' +150 $f", "line 150 of many", "homelab-lines", ":q!\n")]
    [InlineData("less -M +150 $f", "line 150 of many", "homelab-lines", "q")]
    [InlineData("tmux -L t$$ -f <(echo set -g destroy-unattached on) new \"cat $f; exec sh\"", "line 400 of many", "[0]", "exit\n")]
    // htop by itself, on a bare terminal too, often sees a change of size only when it draws next: so every two seconds.
    [InlineData("htop -d 20", "F1Help", "F10Quit", "q")]
    public async Task It_is_as_it_was_after_a_reload_at_another_size_too(string command, string shows, string lastRow, string quit)
    {
        var lab = shared.Lab;
        await lab.EndAllAsync();
        await using var context = await browser.NewContextAsync(1200, 800);
        var page = await lab.SignInAsync(context);
        await page.GotoAsync(lab.TerminalUrl("nas"));
        var pane = TerminalLab.Panes(page).First;
        await TerminalLab.TypeAsync(page, pane, "f=/tmp/homelab-lines-$$; trap 'rm -f $f' EXIT; seq -f 'line %g of many' 400 > $f");
        await TerminalLab.TypeAsync(page, pane, "echo before-$((1+1))");
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("before-2");
        await TerminalLab.TypeAsync(page, pane, command);
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync(shows);
        await StandsLastAsync();
        var before = await RowsAsync();

        await page.ReloadAsync();
        await StandsLastAsync();
        if (lastRow != "F10Quit")
        {
            Assert.Equal(before, await RowsAsync());
        }

        await page.SetViewportSizeAsync(900, 560);
        await page.ReloadAsync();
        await StandsLastAsync();
        var smaller = await RowsAsync();
        Assert.True(smaller.Count < before.Count, $"{smaller.Count} rows of {before.Count}");
        Assert.DoesNotContain("before-2", string.Concat(smaller), StringComparison.Ordinal);

        await page.SetViewportSizeAsync(1400, 900);
        await Until.TrueAsync(async () => (await RowsAsync()).Count > before.Count, "there are more rows");
        await StandsLastAsync();

        // Its end gives the screen back that was there before it.
        await pane.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync(quit);
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("before-2");
        await page.ReloadAsync();
        await Assertions.Expect(TerminalLab.Screen(pane)).ToContainTextAsync("before-2");

        async Task StandsLastAsync() =>
            await Assertions.Expect(TerminalLab.Screen(pane).Locator("> div:nth-last-child(-n+2)", new() { HasText = lastRow }).First).ToBeVisibleAsync();

        async Task<IReadOnlyList<string>> RowsAsync() => await TerminalLab.Screen(pane).Locator("> div").AllInnerTextsAsync();
    }
}
