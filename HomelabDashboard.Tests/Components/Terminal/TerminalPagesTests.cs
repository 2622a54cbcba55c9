using Bunit;
using HomelabDashboard.Components.Pages.Terminals;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Components.Terminal;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace HomelabDashboard.Tests.Components.Terminal;

/// <summary>The list of terminals and what one chooses from, over the real services.</summary>
public sealed class TerminalPagesTests : BunitContext, IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start();
    private AsyncServiceScope _scope;
    private Caller _admin = null!;

    public async Task InitializeAsync()
    {
        _scope = _app.Services.CreateAsyncScope();
        var access = _scope.ServiceProvider.GetRequiredService<Access>();
        access.Use((await _scope.ServiceProvider.GetRequiredService<SignInService>().SignInAsync(TestApp.AdminName, TestApp.Password, null, "test", CancellationToken.None)).Value!);
        _admin = await access.RequireAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(_scope.ServiceProvider.GetRequiredService<TerminalService>());
        Services.AddSingleton(_scope.ServiceProvider.GetRequiredService<HostService>());
        Services.AddSingleton(TimeProvider.System);
        Services.AddScoped<UserTime>();
        Services.AddRadzenComponents();
        RenderTree.Add<CascadingValue<Caller>>(p => p.Add(c => c.Value, _admin));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public void The_list_shows_figures_as_they_change_and_an_admin_may_end_another_s_and_not_read_it()
    {
        var live = _app.Services.GetRequiredService<LiveStore<string, SessionSummary>>();
        live.Set("own", Session("own", _admin.UserId, "nas"));
        live.Set("foreign", Session("foreign", _admin.UserId + 1, "media"));
        var page = Render<TerminalsPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        var own = page.FindAll("tbody tr").Single(r => r.TextContent.Contains("nas", StringComparison.Ordinal));
        var foreign = page.FindAll("tbody tr").Single(r => r.TextContent.Contains("media", StringComparison.Ordinal));
        Assert.NotNull(own.QuerySelector("a[href='/terminals/workspace?attach=own']"));
        Assert.Null(foreign.QuerySelector("a[href*=attach]"));
        Assert.Null(foreign.QuerySelector("a[href^='/terminal/']"));
        Assert.Contains("End", foreign.QuerySelector("button")!.TextContent, StringComparison.Ordinal);

        live.Set("own", Session("own", _admin.UserId, "nas") with { BytesOut = 4_200_000, AttachedClients = 2 });
        page.WaitForAssertion(() => Assert.Contains("4.2 MB", page.FindAll("tbody tr").Single(r => r.TextContent.Contains("nas", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal));

        live.Remove("own");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
    }

    [Fact]
    public void One_chooses_among_what_is_open_and_the_hosts_that_answer()
    {
        var hosts = _app.Services.GetRequiredService<LiveStore<string, HostSummary>>();
        hosts.Set("1", Host("1", "nas", HostStatus.Online));
        hosts.Set("2", Host("2", "media", HostStatus.Online));
        hosts.Set("3", Host("3", "backup", HostStatus.Offline));
        string? opened = null, attached = null;
        var cancelled = false;
        var picker = Render<TerminalPicker>(p => p
            .Add(c => c.Open, [Session("there", _admin.UserId, "nas")])
            .Add(c => c.OnOpen, id => opened = id)
            .Add(c => c.OnAttach, id => attached = id)
            .Add(c => c.OnCancel, () => cancelled = true));
        picker.WaitForAssertion(() => Assert.Equal(4, picker.FindAll(".term-choice").Count));
        picker.FindAll(".term-choice")[0].Click();
        Assert.Equal("there", attached);
        Assert.True(picker.FindAll(".term-choice").Single(c => c.TextContent.Contains("backup", StringComparison.Ordinal)).HasAttribute("disabled"));

        picker.Find("input").Input("MED");
        picker.WaitForAssertion(() => Assert.Equal(2, picker.FindAll(".term-choice").Count));
        picker.Find("input").KeyDown("Enter");
        Assert.Equal("2", opened);
        opened = null;
        picker.Find("input").Input("backup");
        picker.Find("input").KeyDown("Enter");
        Assert.Null(opened);
        picker.Find("input").KeyDown("Escape");
        Assert.True(cancelled);
    }

    [Fact]
    public void On_a_host_s_page_there_is_one_host_to_choose_and_the_reason_why_not()
    {
        var shown = Render<TerminalPicker>(p => p
            .Add(c => c.HostId, "1")
            .Add(c => c.HostName, "nas")
            .Add(c => c.Open, [Session("a", _admin.UserId, "nas"), Session("b", _admin.UserId, "nas")])
            .Add(c => c.Problem, new("HOST_UNREACHABLE", "nas is not connected.")));
        Assert.Contains("You have terminals open on nas", shown.Find("h2").TextContent, StringComparison.Ordinal);
        Assert.Equal("nas is not connected.", shown.Find("[role=alert]").TextContent);
        Assert.Contains("Try again", shown.Find(".actions").TextContent, StringComparison.Ordinal);
        Assert.Empty(shown.FindAll("input"));
    }

    private static SessionSummary Session(string id, int user, string host)
    {
        var now = DateTime.SpecifyKind(TimeProvider.System.GetUtcNow().UtcDateTime, DateTimeKind.Utc);
        return new(
            id, "h-" + host, host, "192.0.2.1", user, "somebody", 0, 1, SessionMode.Embedded, SessionStatus.Active, null, now, now, now.AddHours(12),
            null, null, now.AddHours(1), 1, now, 12, 3400);
    }

    private static HostSummary Host(string id, string name, HostStatus status)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new(id, name, "192.0.2." + id, 22, "root", null, null, false, null, null, null, status, null, status == HostStatus.Online, true, now, now, now, null);
    }
}
