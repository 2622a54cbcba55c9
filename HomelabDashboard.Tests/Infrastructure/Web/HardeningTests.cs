using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HomelabDashboard.Infrastructure.Web;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
    public async Task A_cookie_of_another_dashboard_is_no_error_of_this_one()
    {
        using var log = new CapturedLog();
        await using var app = TestApp.Start(services: s => s.AddSingleton<ILoggerProvider>(log));
        using var browser = app.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", "homelab_csrf=CfDJ8" + new string('A', 150));
        using var page = await browser.GetAsync("/login");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain(log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_settings_stop_the_start_with_every_fault_and_nothing_else()
    {
        var (code, output) = await StartAndEndAsync(new()
        {
            ["HOMELAB_URLS"] = "http://127.0.0.1:0;nowhere;http://127.0.0.1:99999;https://127.0.0.1:0",
            ["HOMELAB_ADMIN_USERNAME"] = "grace",
            ["HOMELAB_ADMIN_PASSWORD"] = "short",
            ["Homelab__Web__TrustedProxies"] = "10.0.0.0/8, proxy.lan, 300.1.1.1",
            ["Homelab__Web__MinimumFreeDiskMb"] = "plenty",
            ["Homelab__Web__TrustedProxy"] = "10.0.0.1",
            ["Homelab__Metric__IntervalSeconds"] = "5",
            ["Homelab__Terminals__IdleTimeout"] = "10",
        });
        Assert.Equal(1, code);
        Assert.Contains("Homelab:Web:MinimumFreeDiskMb: 'plenty' cannot be read as a number", output, StringComparison.Ordinal);
        Assert.Contains("Homelab:Web:TrustedProxy is no setting", output, StringComparison.Ordinal);
        Assert.Contains("'proxy.lan'", output, StringComparison.Ordinal);
        Assert.Contains("'300.1.1.1'", output, StringComparison.Ordinal);
        Assert.Contains("Homelab:Metric is no section of the settings. Those are Automation, Docker, DockerAlerts, Hosts, Logs, Metrics, Schedules, Terminals, Web.", output, StringComparison.Ordinal);
        Assert.Contains("Homelab:Terminals:IdleTimeout: a time such as '10' is written hh:mm:ss", output, StringComparison.Ordinal);
        Assert.Contains("HOMELAB_URLS: 'nowhere' is no address", output, StringComparison.Ordinal);
        Assert.Contains("HOMELAB_URLS: 'http://127.0.0.1:99999' is no address", output, StringComparison.Ordinal);
        Assert.Contains("HOMELAB_URLS: 'https://127.0.0.1:0' needs a certificate", output, StringComparison.Ordinal);
        Assert.Contains("A password has 10 to 200 characters.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("*")]
    public async Task A_port_in_use_stops_the_start_in_words(string host)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{host}:{((IPEndPoint)other.LocalEndpoint).Port}";
        var (code, output) = await StartAndEndAsync(new() { ["HOMELAB_URLS"] = url });
        Assert.Equal(1, code);
        Assert.Contains($"HOMELAB_URLS: the port of '{url}' is in use.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_to_stops_the_start_in_words()
    {
        var (code, output) = await StartAndEndAsync(new() { ["HOMELAB_DATA_DIR"] = "/proc/homelab" });
        Assert.Equal(1, code);
        Assert.StartsWith("The data folder /proc/homelab cannot be written to: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    /// <returns>The exit code of a start that fails, and all it printed.</returns>
    private static async Task<(int Code, string Output)> StartAndEndAsync(Dictionary<string, string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("homelab-test-").FullName;
        var start = new ProcessStartInfo("dotnet", [typeof(WebOptions).Assembly.Location]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["HOMELAB_DATA_DIR"] = folder;
        start.Environment["HOMELAB_URLS"] = "http://127.0.0.1:0";
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        using var program = Process.Start(start)!;
        try
        {
            var output = program.StandardOutput.ReadToEndAsync();
            var error = program.StandardError.ReadToEndAsync();
            await program.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            return (program.ExitCode, await error + await output);
        }
        finally
        {
            program.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class UpgradeAsked : Microsoft.AspNetCore.Http.Features.IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<System.Net.WebSockets.WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new InvalidOperationException("No socket here.");
    }
}
