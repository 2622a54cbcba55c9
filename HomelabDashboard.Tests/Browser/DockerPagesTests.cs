using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>Favourites, projects and shells in a real browser, in both themes, wide and on a phone; pictures as <see cref="PagesTests"/>.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DockerPagesTests(BrowserFixture browser, DockerPagesLab lab) : IClassFixture<DockerPagesLab>
{
    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task The_pages_are_accessible_and_fit(int width, int height)
    {
        await using var context = await browser.NewContextAsync(width, height, ColorScheme.Dark);
        var page = await SignInAsync(context);
        await VisitAsync("/", "overview-favourites", page.GetByRole(AriaRole.Heading, new() { Name = "Favourites" }));
        await VisitAsync("/containers?by=favorites", "containers-by-favourite", page.GetByRole(AriaRole.Rowheader, new() { Name = "Media" }).Or(page.GetByText("Media").First).First);
        await VisitAsync($"/containers?sel={lab.Ids["notes"]}", "containers-selected", page.GetByRole(AriaRole.Link, new() { Name = "Shell" }));
        await Assertions.Expect(page.GetByLabel("Select notes")).ToBeVisibleAsync();
        await VisitAsync("/containers/favorites", "favourites", page.GetByRole(AriaRole.Button, new() { Name = "Move jellyfin" }));
        await page.GetByRole(AriaRole.Button, new() { Name = "New group" }).ClickAsync();
        await page.GetByLabel("Look for one").FillAsync("server");
        await LookAsync("favourites-new-group", page.GetByRole(AriaRole.Group, new() { Name = "Icons found" }));
        await VisitAsync($"/containers/{lab.Ids["jellyfin"]}", "container-favourite", page.GetByRole(AriaRole.Button, new() { Name = "Favourite", Exact = true }));
        await page.GetByRole(AriaRole.Button, new() { Name = "Give jellyfin another icon" }).ClickAsync();
        await LookAsync("container-look", page.GetByRole(AriaRole.Dialog));
        await VisitAsync($"/containers/{lab.Ids["notes"]}/shell", "container-shell", page.Locator(".xterm-rows").Or(page.GetByText("You have a terminal open on notes")).First);
        await VisitAsync("/stacks", "stacks", page.GetByText("paperless").First);
        await VisitAsync($"/stacks/{lab.HostId}/paperless", "stack", page.GetByText("paperless-db-1"));
        await VisitAsync($"/stacks/{lab.HostId}/paperless/files", "stack-files", page.GetByText("The documents of the house"));

        async Task VisitAsync(string path, string name, ILocator there)
        {
            await page.GotoAsync(new Uri(lab.Dashboard.Address, path).ToString());
            await LookAsync(name, there);
        }

        async Task LookAsync(string name, ILocator there)
        {
            await Assertions.Expect(there).ToBeVisibleAsync();
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
                if (Environment.GetEnvironmentVariable("HOMELAB_SCREENSHOTS") is { Length: > 0 } folder)
                {
                    await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, folder, $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png") });
                }

                var violations = await Axe.ViolationsAsync(page, "tag", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]);
                Assert.True(violations.Count == 0, $"{name}, {scheme}: {string.Join('\n', violations)}");
            }

            var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{name} is {overflow} px too wide at {width}.");
        }
    }

    [Fact]
    public async Task Favourites_are_put_in_order_by_keys_and_by_dragging()
    {
        await using var context = await browser.NewContextAsync(1440, 900, ColorScheme.Dark);
        var page = await SignInAsync(context);
        await page.GotoAsync(new Uri(lab.Dashboard.Address, "/containers/favorites").ToString());
        var media = page.GetByRole(AriaRole.Region, new() { Name = "Media" });
        var tools = page.GetByRole(AriaRole.Region, new() { Name = "Tools" });
        var handle = page.GetByRole(AriaRole.Button, new() { Name = "Move jellyfin" });
        await handle.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "jellyfin is number 2 in Media." })).ToHaveCountAsync(1);
        await Assertions.Expect(media.Locator(".fav-link").First).ToContainTextAsync("sonarr");
        await Assertions.Expect(handle).ToBeFocusedAsync();

        // Past the end of its group into the next one, and the focus goes with it.
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(tools.Locator(".fav-link")).ToContainTextAsync("jellyfin");
        await Assertions.Expect(handle).ToBeFocusedAsync();
        await tools.Locator(".fav-place").First.DragToAsync(media.Locator(".fav-place").First);
        await Assertions.Expect(media.Locator(".fav-link").First).ToContainTextAsync("jellyfin");
        await Assertions.Expect(media.Locator(".fav-link")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_file_is_edited_checked_saved_and_applied()
    {
        await using var context = await browser.NewContextAsync(1440, 900, ColorScheme.Dark);
        var page = await SignInAsync(context);
        await page.GotoAsync(new Uri(lab.Dashboard.Address, $"/stacks/{lab.HostId}/paperless/files").ToString());
        var editor = page.Locator(".cm-content");
        await Assertions.Expect(editor).ToContainTextAsync("services:");
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("nonsense: true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Compose does not take it." })).ToBeVisibleAsync();
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+End");
        for (var i = 0; i < "nonsense: true".Length; i++)
        {
            await page.Keyboard.PressAsync("Backspace");
        }

        await page.Keyboard.TypeAsync("# Looked after by Ada.");
        await page.Keyboard.PressAsync("Control+s");
        await Assertions.Expect(page.GetByText("Saved; the file before it is kept")).ToBeVisibleAsync();
        Assert.Contains("# Looked after by Ada.", await File.ReadAllTextAsync(lab.ComposeFile), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply files…" }).ClickAsync();
        var asked = page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(asked).ToContainTextAsync(lab.ComposeFile);
        await asked.GetByRole(AriaRole.Button, new() { Name = "Apply files", Exact = true }).ClickAsync();
        var said = page.GetByRole(AriaRole.Region, new() { Name = "What Compose says" });
        await Assertions.Expect(said.GetByText("Done")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(said).ToContainTextAsync(new Regex("paperless-web-1", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    private async Task<IPage> SignInAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(lab.Dashboard.Address, "/login").ToString());
        await page.SignInAsync(PagesLab.Username, PagesLab.Password);
        await Assertions.Expect(page.GetByText("docker-01").First).ToBeVisibleAsync();
        return page;
    }
}
