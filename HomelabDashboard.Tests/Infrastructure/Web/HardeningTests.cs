using System.Diagnostics;
using System.Net;
using HomelabDashboard.Infrastructure.Web;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace HomelabDashboard.Tests.Infrastructure.Web;

public sealed class HardeningTests
{
    [Theory]
    [InlineData("/login")]
    [InlineData("/api/v1/me")]
    [InlineData("/healthz")]
    [InlineData("/nowhere")]
    public async Task Every_answer_has_the_headers_and_is_kept_by_nobody(string path)
    {
        await using var app = TestApp.Start();
        using var client = app.Anonymous();
        using var answer = await client.GetAsync(path);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self' ws://localhost wss://localhost;", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.True(answer.Headers.Contains("Permissions-Policy"));
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("/_blazor", "http://localhost", true)]
    [InlineData("/_blazor", "http://localhost:8080", false)]
    [InlineData("/_blazor", "https://localhost", false)]
    [InlineData("/_blazor", "http://evil.example", false)]
    [InlineData("/_blazor", "http://localhost.evil.example", false)]
    [InlineData("/_blazor", "null", false)]
    [InlineData("/_blazor", null, false)]
    [InlineData("/hubs/terminal", "http://evil.example", false)]
    [InlineData("/hubs/terminal", null, false)]
    public async Task Live_connections_come_from_our_own_pages_alone(string path, string? origin, bool allowed)
    {
        await using var app = TestApp.Start();
        var context = await app.Server.SendAsync(c =>
        {
            c.Request.Path = path;
            c.Request.Host = new("localhost");
            c.Request.Scheme = "http";
            c.Request.Headers.Connection = "Upgrade";
            c.Request.Headers.Upgrade = "websocket";
            c.Request.Headers["Sec-WebSocket-Version"] = "13";
            c.Request.Headers["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==";
            c.Request.Headers.Origin = origin;
            c.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpWebSocketFeature>(new UpgradeAsked());
        });
        Assert.Equal(allowed, context.Response.StatusCode != StatusCodes.Status403Forbidden);
    }

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.9", "https", "dash.example", true)]
    [InlineData("192.0.3.1", "198.51.100.9", "https", "dash.example", false)]
    public async Task Forwarded_headers_are_believed_from_trusted_proxies_alone(string proxy, string client, string scheme, string host, bool believed)
    {
        await using var app = TestApp.Start(new Dictionary<string, string> { ["Homelab:Web:TrustedProxies"] = "192.0.2.0/24, 2001:db8::1" });
        var context = await app.Server.SendAsync(c =>
        {
            c.Connection.RemoteIpAddress = IPAddress.Parse(proxy);
            c.Request.Path = "/healthz";
            c.Request.Headers["X-Forwarded-For"] = client;
            c.Request.Headers["X-Forwarded-Proto"] = scheme;
            c.Request.Headers["X-Forwarded-Host"] = host;
        });
        Assert.Equal(believed ? (client, scheme, host) : (proxy, "http", "localhost"),
            (context.Connection.RemoteIpAddress!.ToString(), context.Request.Scheme, context.Request.Host.Value));
    }

    [Fact]
    public async Task The_cookie_is_secure_behind_https()
    {
        await using var app = TestApp.Start();
        using var client = app.Anonymous();
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.BaseAddress = new("https://localhost");
        using var answer = await TestApp.SignInAsync(client, TestApp.AdminName, TestApp.Password);
        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("homelab_session=", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_signs_nobody_out()
    {
        var folder = Directory.CreateTempSubdirectory("homelab-test-").FullName;
        string cookie;
        await using (var first = TestApp.Start(folder: folder))
        {
            using var browser = first.Anonymous();
            using var answer = await TestApp.SignInAsync(browser, TestApp.AdminName, TestApp.Password);
            cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("homelab_session=", StringComparison.Ordinal)).Split(';')[0];
            first.KeepFolder();
        }

        await using var second = TestApp.Start(folder: folder);
        using var client = second.Anonymous();
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        using var me = await client.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }

    [Fact]
    public async Task Wrong_settings_stop_the_start_with_every_fault_and_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("homelab-test-").FullName;
        var start = new ProcessStartInfo("dotnet", [typeof(WebOptions).Assembly.Location]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["HOMELAB_DATA_DIR"] = folder;
        start.Environment["HOMELAB_URLS"] = "http://127.0.0.1:0";
        start.Environment["Homelab__Web__TrustedProxies"] = "10.0.0.0/8, proxy.lan, 300.1.1.1";
        start.Environment["Homelab__Web__MinimumFreeDiskMb"] = "plenty";
        start.Environment["Homelab__Web__TrustedProxy"] = "10.0.0.1";
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync();
        var error = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Directory.Delete(folder, recursive: true);

        Assert.Equal(1, program.ExitCode);
        Assert.Contains("Homelab:Web:MinimumFreeDiskMb: 'plenty' cannot be read as a number", error, StringComparison.Ordinal);
        Assert.Contains("Homelab:Web:TrustedProxy is no setting", error, StringComparison.Ordinal);
        Assert.Contains("'proxy.lan'", error, StringComparison.Ordinal);
        Assert.Contains("'300.1.1.1'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error + await output, StringComparison.Ordinal);
    }

    private sealed class UpgradeAsked : Microsoft.AspNetCore.Http.Features.IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<System.Net.WebSockets.WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new InvalidOperationException("No socket here.");
    }
}
