using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Accounts;

public sealed class SignInTests
{
    [Fact]
    public async Task The_right_password_opens_a_session_that_signing_out_ends_everywhere()
    {
        await using var app = TestApp.Start();
        using var browser = app.Anonymous();
        using var answer = await TestApp.SignInAsync(browser, TestApp.AdminName, TestApp.Password);
        Assert.Equal("http://localhost/", answer.Headers.Location?.ToString());
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("homelab_session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);

        using var copy = app.Anonymous();
        copy.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        using var before = await copy.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        using var me = await browser.GetAsync("/api/v1/me");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = me.Headers.GetValues("X-CSRF-TOKEN").Single() });
        using var signedOut = await browser.PostAsync("/auth/logout", form);
        Assert.Equal("/login", signedOut.Headers.Location?.ToString());

        using var after = await copy.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Signing_out_needs_the_antiforgery_token()
    {
        await using var app = TestApp.Start();
        using var browser = await app.BrowserAsync(UserRole.Admin);
        browser.DefaultRequestHeaders.Remove("X-CSRF-TOKEN");
        using var forged = await browser.PostAsync("/auth/logout", new FormUrlEncodedContent([]));
        using var me = await browser.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }

    [Fact]
    public async Task The_sign_in_form_needs_its_token()
    {
        await using var app = TestApp.Start();
        using var browser = app.Anonymous();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "login",
            ["Input.Username"] = TestApp.AdminName,
            ["Input.Password"] = TestApp.Password,
        });
        using var answer = await browser.PostAsync("/login", form);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/hosts?status=offline", "/hosts?status=offline")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("hosts", "/")]
    public async Task Nobody_is_led_away_after_signing_in(string asked, string expected)
    {
        await using var app = TestApp.Start();
        using var browser = app.Anonymous();
        using var answer = await TestApp.SignInAsync(browser, TestApp.AdminName, TestApp.Password, asked);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(expected, new Uri(new("http://localhost"), answer.Headers.Location!).PathAndQuery);
        Assert.Equal("localhost", new Uri(new("http://localhost"), answer.Headers.Location!).Host);
    }

    [Fact]
    public async Task Unknown_names_and_wrong_passwords_get_the_same_answers_up_to_the_lock_and_past_it()
    {
        var time = new ManualTime();
        await using var app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(time));
        using var client = app.Anonymous();
        for (var i = 0; i < SignInThrottle.MostFailures; i++)
        {
            var known = await TryTokenAsync(client, TestApp.AdminName, "wrong password");
            var unknown = await TryTokenAsync(client, "nobody", "wrong password");
            Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHENTICATED"), (known.Status, known.Code));
            Assert.Equal(known, unknown);
        }

        var locked = await TryTokenAsync(client, TestApp.AdminName, TestApp.Password);
        Assert.Equal((HttpStatusCode.TooManyRequests, "RATE_LIMITED"), (locked.Status, locked.Code));
        Assert.Equal(TimeSpan.FromMinutes(15), locked.RetryAfter);
        Assert.Equal(locked, await TryTokenAsync(client, "nobody", "wrong password"));
        using var page = await TestApp.SignInAsync(client, TestApp.AdminName, TestApp.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, page.StatusCode);
        Assert.Contains("Try again in 15 minutes", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.Created, (await TryTokenAsync(client, TestApp.AdminName, TestApp.Password)).Status);
    }

    [Fact]
    public async Task A_sign_in_ends_after_thirty_days_however_often_it_is_used()
    {
        var time = new ManualTime();
        await using var app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(time));
        using var browser = await app.BrowserAsync(UserRole.Admin);
        for (var day = 0; day < 29; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
            using var used = await browser.GetAsync("/api/v1/me");
            Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        }

        time.Advance(TimeSpan.FromDays(1));
        using var over = await browser.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, over.StatusCode);
    }

    [Fact]
    public async Task A_sign_in_ends_after_fourteen_days_without_use()
    {
        var time = new ManualTime();
        await using var app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(time));
        using var browser = await app.BrowserAsync(UserRole.Admin);
        time.Advance(TimeSpan.FromDays(14.1));
        using var over = await browser.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, over.StatusCode);
    }

    [Fact]
    public async Task Passwords_and_tokens_stand_in_no_log()
    {
        await using var app = TestApp.Start();
        using var browser = await app.BrowserAsync(UserRole.Admin);
        using var program = await app.ProgramAsync(UserRole.Admin);
        await TryTokenAsync(app.Anonymous(), TestApp.AdminName, "a wrong one entirely");
        var token = program.DefaultRequestHeaders.Authorization!.Parameter!;
        Assert.DoesNotContain(app.Log.Lines, l =>
            l.Contains(TestApp.Password, StringComparison.Ordinal) || l.Contains(token, StringComparison.Ordinal) || l.Contains("a wrong one entirely", StringComparison.Ordinal));
        var database = await File.ReadAllBytesAsync(Path.Combine(app.Folder, "homelab.db"));
        Assert.False(database.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(token)) >= 0);
    }

    private static async Task<(HttpStatusCode Status, string? Code, string? Detail, TimeSpan? RetryAfter)> TryTokenAsync(HttpClient client, string username, string password)
    {
        using var answer = await client.PostAsJsonAsync("/api/v1/auth/token", new { username, password });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.TryGetProperty("code", out var code)
            ? (answer.StatusCode, code.GetString(), body.GetProperty("detail").GetString(), answer.Headers.RetryAfter?.Delta)
            : (answer.StatusCode, null, null, null);
    }
}
