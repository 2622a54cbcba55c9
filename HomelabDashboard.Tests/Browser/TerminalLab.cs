using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>A dashboard with two hosts that answer, and a person who is signed in.</summary>
internal sealed class TerminalLab : IAsyncDisposable
{
    private const string Username = "ada";
    private const string Password = "correct horse battery";

    private SshServer _server = null!;

    public RunningDashboard Dashboard { get; private set; } = null!;

    public ApiClient Api { get; private set; } = null!;

    /// <summary>Ids by name.</summary>
    public Dictionary<string, string> Hosts { get; } = [];

    public SshServer Server => _server;

    /// <param name="settings">Environment variables of the dashboard.</param>
    public static async Task<TerminalLab> StartAsync(params (string Key, string Value)[] settings)
    {
        var lab = new TerminalLab { _server = await SshServer.StartAsync("127.0.0.41", "127.0.0.42") };
        var all = settings.ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
        all["HOMELAB_ADMIN_USERNAME"] = Username;
        all["HOMELAB_ADMIN_PASSWORD"] = Password;
        lab.Dashboard = await RunningDashboard.StartAsync(all);
        lab.Api = await ApiClient.SignInAsync(lab.Dashboard.Address, Username, Password);
        lab._server.Authorize(await lab.Api.PublicKeyAsync());
        foreach (var (name, address) in new[] { ("nas", "127.0.0.41"), ("media", "127.0.0.42") })
        {
            lab.Hosts[name] = await lab.Api.ConnectAsync(lab._server, name, address);
        }

        return lab;
    }

    public async Task<IPage> SignInAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await SignInAsync(page, Dashboard.Address);
        return page;
    }

    /// <param name="address">Where the dashboard is to be found.</param>
    public async Task SignInAsync(IPage page, Uri address)
    {
        await page.GotoAsync(new Uri(address, "/login").ToString());
        await page.SignInAsync(Username, Password);
        await Assertions.Expect(page.GetByText("nas").First).ToBeVisibleAsync();
    }

    public string Url(string path) => new Uri(Dashboard.Address, path).ToString();

    public string TerminalUrl(string host) => Url($"/hosts/{Hosts[host]}/terminal");

    public async Task<string> OpenAsync(string host) =>
        (await Api.PostAsync("sessions", new { host_id = Hosts[host] })).GetProperty("id").GetString()!;

    public async Task<(string? Status, string? Reason)> EndOfAsync(string session)
    {
        var row = await Api.GetAsync($"sessions/{session}");
        return (row.GetProperty("status").GetString(), row.GetProperty("reason_closed").GetString());
    }

    public async Task EndAllAsync()
    {
        foreach (var session in (await Api.GetAsync("sessions?status=active")).GetProperty("items").EnumerateArray())
        {
            await Api.DeleteAsync($"sessions/{session.GetProperty("id").GetString()}");
        }
    }

    public async Task<int> OpenCountAsync() => (await Api.GetAsync("sessions?status=active")).GetProperty("items").GetArrayLength();

    /// <summary>Waits for as many panes; if they do not come, says what is there instead and what the dashboard had to say.</summary>
    public async Task ShowsPanesAsync(IPage page, int count)
    {
        try
        {
            await Assertions.Expect(Panes(page)).ToHaveCountAsync(count);
        }
        catch (PlaywrightException missing)
        {
            var kept = await page.EvaluateAsync<string>("() => location.href + ' ' + JSON.stringify(sessionStorage)");
            throw new InvalidOperationException($"{await page.Locator("main").InnerTextAsync()}\n{kept}\n{Dashboard.Output}", missing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (Dashboard is not null)
        {
            await Dashboard.DisposeAsync();
        }

        await _server.DisposeAsync();
    }

    /// <summary>The panes that are seen.</summary>
    public static ILocator Panes(IPage page) => page.Locator(".term-pane:not([hidden])");

    public static ILocator Screen(ILocator pane) => pane.Locator(".xterm-rows");

    /// <summary>Types a line into a pane once it has a prompt.</summary>
    public static async Task TypeAsync(IPage page, ILocator pane, string line)
    {
        await Assertions.Expect(Screen(pane)).ToContainTextAsync(Pattern(@"[$#%>]"));
        await pane.Locator(".xterm").ClickAsync();
        await page.Keyboard.TypeAsync(line);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>A pattern that the browser runs.</summary>
    public static Regex Pattern([System.Diagnostics.CodeAnalysis.StringSyntax(System.Diagnostics.CodeAnalysis.StringSyntaxAttribute.Regex)] string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
}

/// <summary>One for several tests, which end each other's terminals before they begin.</summary>
public sealed class SharedTerminalLab : IAsyncLifetime
{
    internal TerminalLab Lab { get; private set; } = null!;

    public async Task InitializeAsync() => Lab = await TerminalLab.StartAsync();

    public async Task DisposeAsync() => await Lab.DisposeAsync();
}
