using System.Net;
using System.Text.RegularExpressions;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Infrastructure.Web;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Accounts;

public sealed partial class SetupTests
{
    [Fact]
    public async Task A_fresh_instance_leads_every_page_to_setup_and_its_code_makes_the_first_admin_once()
    {
        await using var app = TestApp.Start(withAdmin: false);
        using var browser = app.Anonymous();
        foreach (var page in new[] { "/", "/login", "/settings", "/login?returnUrl=%2F" })
        {
            using var led = await browser.GetAsync(page);
            Assert.Equal((HttpStatusCode.Redirect, "/setup"), (led.StatusCode, led.Headers.Location?.ToString()));
        }

        using var api = await browser.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);

        using var done = await SetUpAsync(browser, CodeOf(app).ToUpperInvariant(), "grace", TestApp.Password);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        using var me = await browser.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);

        using var stranger = app.Anonymous();
        using var late = await stranger.GetAsync("/setup");
        Assert.Equal((HttpStatusCode.Redirect, "http://localhost/login"), (late.StatusCode, late.Headers.Location?.ToString()));
        var again = await app.Services.GetRequiredService<FirstAdmin>().SetUpAsync(CodeOf(app), "mallory", TestApp.Password);
        Assert.Equal("NOT_FOUND", again.Problem?.Code);
    }

    [Fact]
    public async Task A_weak_password_is_refused_in_words_and_the_code_stays_good()
    {
        await using var app = TestApp.Start(withAdmin: false);
        using var browser = app.Anonymous();
        using var weak = await SetUpAsync(browser, CodeOf(app), "grace", "short");
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Contains("A password has 10 to 200 characters.", await weak.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var strong = await SetUpAsync(browser, CodeOf(app), "grace", TestApp.Password);
        Assert.Equal(HttpStatusCode.Redirect, strong.StatusCode);
    }

    [Fact]
    public async Task Wrong_codes_are_refused_and_keep_the_owner_out_of_nothing()
    {
        await using var app = TestApp.Start(withAdmin: false);
        var setup = app.Services.GetRequiredService<FirstAdmin>();
        for (var i = 0; i < 20; i++)
        {
            Assert.Contains("code", (await setup.SetUpAsync("0000-0000-0000", "grace", TestApp.Password)).Problem!.Errors!.Keys);
        }

        Assert.True((await setup.SetUpAsync(CodeOf(app), "grace", TestApp.Password)).Succeeded);
    }

    [Fact]
    public async Task Many_at_once_make_one_admin()
    {
        await using var app = TestApp.Start(withAdmin: false);
        var setup = app.Services.GetRequiredService<FirstAdmin>();
        var code = CodeOf(app);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => setup.SetUpAsync(code, $"user{i}", TestApp.Password)));
        Assert.Single(results, r => r.Succeeded);
    }

    [Fact]
    public async Task The_first_admin_of_the_settings_may_come_from_a_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, TestApp.Password + "\n");
            await using var app = TestApp.Start(
                new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "grace", ["HOMELAB_ADMIN_PASSWORD_FILE"] = file }, withAdmin: false);
            using var browser = await app.BrowserAsync("grace");
            Assert.DoesNotContain(app.Log.Lines, l => l.Contains("setup code", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("grace", "short", null)]
    [InlineData("grace-of-hopper", "grace-of-hopper", null)]
    [InlineData("grace", null, null)]
    [InlineData(null, "correct horse battery", null)]
    [InlineData("grace", "correct horse battery", "/nowhere")]
    [InlineData("grace", null, "/nowhere")]
    public async Task A_first_admin_who_cannot_be_made_stops_the_start_with_words_that_hold_no_password(string? username, string? password, string? file)
    {
        await using var app = TestApp.Start(withAdmin: false);
        var settings = new Microsoft.Extensions.Configuration.ConfigurationManager();
        (settings["HOMELAB_ADMIN_USERNAME"], settings["HOMELAB_ADMIN_PASSWORD"], settings["HOMELAB_ADMIN_PASSWORD_FILE"]) = (username, password, file);
        using var start = ActivatorUtilities.CreateInstance<FirstAdmin>(app.Services, settings);
        var fault = await Assert.ThrowsAsync<StartupException>(() => start.StartAsync(CancellationToken.None));
        Assert.Contains("HOMELAB_ADMIN_", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password ?? "no password", fault.Message, StringComparison.Ordinal);
    }

    private static string CodeOf(TestApp app) => SetupCode().Match(app.Log.Lines.Last(l => l.Contains("setup code", StringComparison.Ordinal))).Groups["code"].Value;

    private static Task<HttpResponseMessage> SetUpAsync(HttpClient browser, string code, string username, string password) => TestApp.PostFormAsync(
        browser, "/setup", new() { ["Input.Code"] = code, ["Input.Username"] = username, ["Input.Password"] = password });

    [GeneratedRegex("setup code is (?<code>[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SetupCode();
}
