using Bunit;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Components;

public sealed class RelativeTimeTests : BunitContext
{
    private readonly ManualTime _time = new();

    public RelativeTimeTests()
    {
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddScoped<UserTime>();
    }

    [Fact]
    public async Task It_shows_the_age_and_on_hover_the_exact_time_in_the_users_zone()
    {
        JSInterop.Setup<string?>("homelab.timeZone").SetResult("Europe/Berlin");
        await Services.GetRequiredService<UserTime>().LearnZoneAsync();

        var shown = Render<RelativeTime>(p => p.Add(t => t.At, _time.GetUtcNow().UtcDateTime.AddMinutes(-14)));

        var time = shown.Find("time");
        Assert.Equal("14 min ago", time.TextContent);
        Assert.Equal("2040-03-01T11:46:00Z", time.GetAttribute("datetime"));
        Assert.Equal("Thu 1 Mar 2040, 12:46:00 (Europe/Berlin)", time.GetAttribute("title"));
    }

    [Fact]
    public void It_grows_older_while_it_is_looked_at()
    {
        var shown = Render<RelativeTime>(p => p.Add(t => t.At, _time.GetUtcNow().UtcDateTime));
        Assert.Equal("just now", shown.Find("time").TextContent);

        _time.Advance(TimeSpan.FromSeconds(30));

        shown.WaitForAssertion(() => Assert.Equal("30 s ago", shown.Find("time").TextContent), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void What_has_not_happened_says_so()
    {
        var shown = Render<RelativeTime>(p => p.Add(t => t.At, null).Add(t => t.Never, "never seen"));

        Assert.Equal("never seen", shown.Find("span").TextContent);
    }

    [Fact]
    public async Task A_zone_that_nobody_knows_stays_UTC()
    {
        JSInterop.Setup<string?>("homelab.timeZone").SetResult("../etc/passwd");
        var userTime = Services.GetRequiredService<UserTime>();

        await userTime.LearnZoneAsync();

        Assert.Equal(TimeZoneInfo.Utc, userTime.Zone);
    }
}
