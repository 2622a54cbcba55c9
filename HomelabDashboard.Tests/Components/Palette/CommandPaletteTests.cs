using AngleSharp.Dom;
using Bunit;
using HomelabDashboard.Components.Palette;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace HomelabDashboard.Tests.Components.Palette;

/// <summary>The palette over the services of the whole program.</summary>
public sealed class CommandPaletteTests : IAsyncDisposable
{
    private readonly TestApp _app = TestApp.Start();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public Task Where_the_chosen_thing_is_gone_nothing_is_chosen_until_a_key_says_what() => WithAsync(async (page, palette) =>
    {
        await palette.Find("input").KeyDownAsync("ArrowDown");
        Assert.Equal("node-b", Chosen(palette));
        _app.Services.GetRequiredService<HostBoard>().Live.Remove("node-b");
        palette.WaitForAssertion(() => Assert.Equal(2, palette.FindAll("[role=option]").Count), TimeSpan.FromSeconds(20));
        Assert.Null(Chosen(palette));
        await palette.Find("input").KeyDownAsync("Enter");
        Assert.Equal("http://localhost/", page.Services.GetRequiredService<NavigationManager>().Uri);
        await palette.Find("input").KeyDownAsync("ArrowUp");
        Assert.Equal("node-c", Chosen(palette));
    });

    [Fact]
    public Task What_is_chosen_is_done_though_it_cannot_be_counted() => WithAsync(async (page, palette) =>
    {
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER refuse BEFORE INSERT ON app_settings BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
        }

        await palette.Find("input").KeyDownAsync("Enter");
        Assert.Equal("http://localhost/hosts/node-a", page.Services.GetRequiredService<NavigationManager>().Uri);
        Assert.Contains(_app.Log.Lines, l => l.Contains("A choice in the palette could not be counted.", StringComparison.Ordinal));
    });

    /// <summary>Three hosts are found; the first is chosen.</summary>
    private Task<bool> WithAsync(Func<BunitContext, IRenderedComponent<CommandPalette>, Task> act) => _app.AsAsync(UserRole.Admin, async services =>
    {
        var now = DateTime.UnixEpoch;
        foreach (var name in new[] { "node-a", "node-b", "node-c" })
        {
            _app.Services.GetRequiredService<HostBoard>().Live.Set(name, new HostSummary(
                name, name, "192.0.2.1", 22, "root", null, null, true, null, null, null, HostStatus.Online, null, true, true, now, now, now, null));
        }

        await using var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddFallbackServiceProvider(services);
        page.Services.AddRadzenComponents();
        var caller = await services.GetRequiredService<Access>().RequireAsync();
        var palette = page.Render<CommandPalette>(p => p.AddCascadingValue(caller));
        await palette.Find("[data-show-palette]").ClickAsync();
        await palette.Find("input").InputAsync("node");
        Assert.Equal("node-a", Chosen(palette));
        await act(page, palette);
        await palette.Instance.DisposeAsync();
        return true;
    });

    private static string? Chosen(IRenderedComponent<CommandPalette> palette) => palette.FindAll("[aria-selected=true] .cut") is [var chosen, ..] ? chosen.Text() : null;
}
