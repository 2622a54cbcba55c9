using System.Net;
using Bunit;
using HomelabDashboard.Components.Pages.Logs;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.LogSearch;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Components.Pages.Logs;

public sealed class LogViewTests
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void What_is_wrong_in_the_address_is_left_out_and_nothing_else()
    {
        var view = new LogView(Level: "bogus", HostId: "h1", Range: "1h") { Now = Noon };
        Assert.Equal(("h1", 0, Noon.AddHours(-1)), (view.Filter.HostId, view.Filter.Levels.Count, view.Filter.From));
        Assert.DoesNotContain("bogus", view.ExportPath("csv"), StringComparison.Ordinal);
        Assert.Contains("host_id=h1", view.ExportPath("csv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("999999d")]
    [InlineData("90m")]
    [InlineData("bogus")]
    public void A_range_that_is_not_offered_is_none(string range) => Assert.Null(new LogView(Range: range) { Now = Noon }.Filter.From);

    [Fact]
    public void A_view_is_the_same_a_minute_later_and_its_range_goes_on()
    {
        var view = new LogView(Range: "1h") { Now = Noon };
        var later = view with { Now = Noon.AddMinutes(1) };
        Assert.Equal(view, later);
        Assert.Equal(Noon.AddMinutes(-59), later.Filter.From);
    }

    [Fact]
    public async Task A_line_is_drawn_again_when_it_is_another_alone()
    {
        await using var page = new BunitContext();
        page.Services.AddSingleton(TimeProvider.System).AddScoped<UserTime>();
        var line = new LogRecord(1, LogEntryLevel.Info, "hosts", "nas is online.", null, "h1", null, null, null, null, Noon);
        var row = page.Render<LogLineRow>(p => p.Add(r => r.Line, line).Add(r => r.View, new LogView()));
        row.Render(p => p.Add(r => r.Line, line).Add(r => r.View, new LogView { Now = Noon }));
        Assert.Equal(1, row.RenderCount);
        await row.Find("button").ClickAsync();
        Assert.Contains("only its lines", row.Markup, StringComparison.Ordinal);
        row.Render(p => p.Add(r => r.Line, line).Add(r => r.View, new LogView(Source: "hosts")));
        row.Render(p => p.Add(r => r.Line, line with { Message = "nas is offline." }).Add(r => r.View, new LogView(Source: "hosts")));
        Assert.Equal(4, row.RenderCount);
        Assert.Contains("nas is offline.", row.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?range=between&from=2026-01-01&to=2026-02-01", null)]
    [InlineData("?range=1h", "Live")]
    [InlineData("?user_id=ada&range=999999d&level=bogus&q=%00&from=0001-01-01&to=9999-12-31", "Live")]
    [InlineData("?range=between&from=0001-01-01&to=9999-12-31T23:59:59Z", "Live")]
    public async Task What_can_bring_nothing_new_is_not_called_live(string query, string? status)
    {
        await using var app = TestApp.Start();
        using (var browser = await app.BrowserAsync(UserRole.Viewer))
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/logs" + query)).StatusCode);
        }

        await app.AsAsync(UserRole.Viewer, async services =>
        {
            await using var page = new BunitContext();
            page.JSInterop.Mode = JSRuntimeMode.Loose;
            page.JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
            page.Services.AddFallbackServiceProvider(services);
            page.Services.GetRequiredService<NavigationManager>().NavigateTo("/logs" + query);
            var logs = page.Render<LogsPage>();
            logs.WaitForElement("section.card");
            Assert.Equal(status, logs.FindAll("[role=status]").SingleOrDefault()?.TextContent);
            return true;
        });
    }
}
