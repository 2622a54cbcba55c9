using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ttyd;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Terminals;

/// <summary>What breaks between a browser and a host, on a real host behind a network of its own: how a session then ends, and that nothing of it is left.</summary>
public sealed class TerminalFaultTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TerminalsHarness _harness = new(new Dictionary<string, string>
    {
        ["Homelab:Hosts:KeepAliveSeconds"] = "1",
        ["Homelab:Terminals:CatchUpTimeout"] = "00:00:02",
        ["Homelab:Terminals:DetachedTimeout"] = "00:00:01",
    });

    private HostNetwork _network = null!;
    private SshServer _server = null!;
    private HttpClient _admin = null!;
    private string _host = null!;

    public async Task InitializeAsync()
    {
        _network = await HostNetwork.StartAsync();
        _server = await SshServer.StartAsync(_network);
        _admin = await _harness.App.ProgramAsync(UserRole.Admin);
        _server.Authorize((await _admin.GetFromJsonAsync<JsonElement>("/api/v1/ssh-key")).GetProperty("public_key").GetString()!);
        using var added = await _admin.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = _server.Address, ssh_port = _server.Port, ssh_user = _server.User });
        _host = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await _admin.PostAsJsonAsync($"/api/v1/hosts/{_host}/host-key/approve", new { fingerprint = _server.Fingerprint });
        await Until.TrueAsync(() => _harness.Get<LiveStore<string, HostSummary>>().Get(_host)?.Status == HostStatus.Online, "the host is connected");
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _harness.DisposeAsync();
        await _server.DisposeAsync();
        await _network.DisposeAsync();
    }

    [Fact]
    public async Task A_session_whose_ssh_is_ended_has_lost_its_connection()
    {
        var (terminal, window) = await OpenAsync();
        await using var open = window;
        foreach (var process in Descendants(terminal.Ttyd.Pid).Where(p => Command(p).Contains("ssh", StringComparison.Ordinal)))
        {
            using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", process.ToString(CultureInfo.InvariantCulture)]))!;
            await kill.WaitForExitAsync();
        }

        await HasEndedAsync(terminal, window, SessionStatus.Error, null, "The connection to nas was lost.");
    }

    [Fact]
    public async Task More_terminals_than_a_host_opens_sessions_on_one_connection_work_all_the_same()
    {
        await _server.StopAsync();
        _server.Settings.Add("Match all\n  MaxSessions 3");
        await _server.RestartAsync();
        await Until.TrueAsync(() => _harness.Get<HostConnections>().Live.Get(_host) is { Closed.IsCompleted: false }, "the host is connected again");
        var shared = _harness.Get<HostConnections>().Live.Get(_host)!;
        var windows = new List<TestWindow>();
        for (var i = 1; i <= 5; i++)
        {
            var (_, window) = await OpenAsync();
            windows.Add(window);
            await window.TypeAsync($"echo works-$(({i}+100))\r");
            await window.SeesAsync($"works-{i + 100}");
            Assert.DoesNotContain("mux_client", window.Text, StringComparison.Ordinal);
        }

        Assert.False(shared.Closed.IsCompleted);
        foreach (var window in windows)
        {
            await window.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_session_whose_ttyd_is_killed_has_failed()
    {
        var (terminal, window) = await OpenAsync();
        await using var open = window;
        using (var ttyd = Process.GetProcessById(terminal.Ttyd.Pid))
        {
            ttyd.Kill();
        }

        await HasEndedAsync(terminal, window, SessionStatus.Error, null, "The terminal's process has ended unexpectedly.");
    }

    [Fact]
    public async Task A_session_whose_sshd_is_killed_has_lost_its_connection()
    {
        var (terminal, window) = await OpenAsync();
        await using var open = window;
        await _server.StopAsync();
        await HasEndedAsync(terminal, window, SessionStatus.Error, null, "The connection to nas was lost.");
    }

    [Fact]
    public async Task A_session_whose_host_is_cut_off_has_lost_its_connection_and_another_opens_once_it_is_back()
    {
        var (terminal, window) = await OpenAsync();
        await using var open = window;
        await _network.CutAsync();
        await HasEndedAsync(terminal, window, SessionStatus.Error, null, "The connection to nas was lost.");
        await _network.MendAsync();
        await Until.TrueAsync(
            () => _harness.Get<LiveStore<string, HostSummary>>().Get(_host)?.Status == HostStatus.Online, "the host is connected again", TimeSpan.FromSeconds(60));
        var (_, again) = await OpenAsync();
        await again.DisposeAsync();
    }

    [Fact]
    public async Task A_session_whose_browser_is_gone_waits_and_is_then_given_up()
    {
        var (terminal, window) = await OpenAsync();
        var stale = _harness.Ticket(terminal);
        await window.DisposeAsync();
        await Until.TrueAsync(() => terminal.AttachedClients == 0, "the window is gone");
        Assert.Equal(SessionStatus.Active, terminal.Lifecycle.Status);
        await HasEndedAsync(terminal, null, SessionStatus.Closed, SessionEndReason.ClientLost, "This terminal was closed because no window was attached to it.");
        Assert.Null(_harness.Get<ConnectTickets>().Redeem(stale, terminal.Info.UserId));
    }

    [Fact]
    public async Task A_paste_of_a_megabyte_arrives_whole()
    {
        var (terminal, window) = await OpenAsync();
        await using var open = window;
        var paste = new byte[1024 * 1024];
        Random.Shared.NextBytes(paste);
        await window.TypeAsync($"stty raw -echo; echo rea''dy; head -c {paste.Length} | sha256sum; stty sane; echo d''one\r");
        await window.SeesAsync("ready\n");
        foreach (var piece in paste.Chunk(TerminalHub.MaxInput))
        {
            await window.Client.InvokeAsync("Input", piece);
        }

        await window.SeesAsync(Convert.ToHexStringLower(SHA256.HashData(paste)));
        await window.SeesAsync("done");
    }

    [Fact]
    public async Task Bytes_that_mean_nothing_do_no_harm()
    {
        var (terminal, window) = await OpenAsync();
        await using var open = window;
        await window.TypeAsync("head -c 3000000 /dev/urandom; echo; echo still-$((40+2))\r");
        await window.SeesAsync("still-42");
        await window.Client.InvokeAsync("Input", Array.Empty<byte>());
        await using var second = await _harness.AttachAsync(terminal);
        await second.TypeAsync("echo again-$((40+2))\r");
        await second.SeesAsync("again-42");
        Assert.Equal(SessionStatus.Active, terminal.Lifecycle.Status);
    }

    [Fact]
    public async Task Of_a_storm_of_sizes_the_last_one_holds()
    {
        var (terminal, window) = await OpenAsync();
        await using var open = window;
        for (var i = 0; i < 1000; i++)
        {
            await window.Client.SendAsync("Resize", 20 + (i % 200), 5 + (i % 90));
        }

        await window.Client.InvokeAsync("Resize", 101, 33);
        await window.TypeAsync("until [ \"$(stty size)\" = '33 101' ]; do sleep 0.05; done; echo size' is right'\r");
        await window.SeesAsync("size is right");
        Assert.Equal(SessionStatus.Active, terminal.Lifecycle.Status);
    }

    [Fact]
    public async Task An_interrupt_is_felt_within_a_second_in_the_middle_of_a_flood()
    {
        var (_, window) = await OpenAsync();
        await using var open = window;
        var fastest = TimeSpan.MaxValue;
        for (var attempt = 1; attempt <= 3 && fastest > TimeSpan.FromSeconds(1); attempt++)
        {
            var before = window.Total;
            await window.TypeAsync("yes 0123456789\r");
            await Until.TrueAsync(() => window.Total > before + 2_000_000, "it floods");
            var clock = Stopwatch.StartNew();
            await window.TypeAsync("\x03");
            await window.TypeAsync($"echo calm-$((40+{attempt}))\r");
            await window.SeesAsync($"calm-{40 + attempt}");
            fastest = clock.Elapsed < fastest ? clock.Elapsed : fastest;
        }

        Assert.True(fastest < TimeSpan.FromSeconds(1), $"It took {fastest}.");
    }

    [Fact]
    public async Task A_window_that_draws_nothing_holds_another_up_for_as_long_as_it_is_given_and_no_longer()
    {
        var (terminal, window) = await OpenAsync();
        await using var fast = window;
        await using var client = await _harness.ConnectAsync(await _harness.TokenAsync());
        var slow = await client.StreamAsync("Attach", _harness.Ticket(terminal), 80, 24);
        await Until.TrueAsync(() => terminal.AttachedClients == 2, "both are attached");
        await window.TypeAsync("yes 0123456789\r");
        await Until.TrueAsync(() => terminal.AttachedClients == 1, "the slow one is cut off");
        var before = window.Total;
        await Until.TrueAsync(() => window.Total > before + (4 * LiveTerminal.MaxBehind), "the other goes on");
        Assert.False(window.HasEnded);
        await Assert.ThrowsAsync<HubCallException>(async () =>
        {
            await foreach (var _ in slow.ReadAllAsync())
            {
            }
        });
    }

    private async Task<(LiveTerminal Terminal, TestWindow Window)> OpenAsync()
    {
        using var answer = await _admin.PostAsJsonAsync("/api/v1/sessions", new { host_id = _host });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var terminal = _harness.Broker.Find((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!)!;
        var window = await _harness.AttachAsync(terminal);
        await Until.TrueAsync(() => window.Text.Contains("# ", StringComparison.Ordinal) || window.Text.Contains("$ ", StringComparison.Ordinal), "there is a prompt");
        return (terminal, window);
    }

    /// <summary>It has ended so, its window was told, and nothing of it is left: no process, file, ticket, window or place in the list.</summary>
    private async Task HasEndedAsync(LiveTerminal terminal, TestWindow? window, SessionStatus status, SessionEndReason? reason, string detail)
    {
        var id = terminal.Info.Id;
        var processes = Descendants(terminal.Ttyd.Pid).Select(ProcessIdentity.Of).OfType<ProcessIdentity>().ToList();
        await Until.TrueAsync(async () => (await _harness.RowAsync(id)).ClosedAt is not null, "it has ended");
        var row = await _harness.RowAsync(id);
        Assert.Equal((status, reason, detail), (row.Status, row.ReasonClosed, row.ClosedDetail));
        if (window is not null)
        {
            Assert.Equal(SessionEnd.WordOf(reason), (await window.MessageAsync("Closed")).Arguments[0].GetString());
            await window.EndsAsync();
            Assert.Contains(detail, window.Text, StringComparison.Ordinal);
        }

        await Until.TrueAsync(() => !terminal.Ttyd.IsRunning && !processes.Exists(p => p.IsRunning), "no process is left");
        await Until.TrueAsync(() => terminal.AttachedClients == 0, "no window is attached");
        await Until.TrueAsync(() => _harness.Get<LiveStore<string, SessionSummary>>().Get(id) is null, "it is off the list");
        Assert.Null(_harness.Broker.Find(id));
        Assert.Empty(Directory.GetFiles(_harness.Get<TtydRunFolder>().Path, id + "*"));
    }

    private static IEnumerable<int> Descendants(int pid)
    {
        string[] children;
        try
        {
            children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task/{pid}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }

        return children.Select(c => int.Parse(c, CultureInfo.InvariantCulture)).SelectMany(c => Descendants(c).Prepend(c));
    }

    private static string Command(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/comm"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}

/// <summary>Apart from the others, for it takes the machine for itself.</summary>
public sealed class ManySessionsTests
{
    [Fact]
    public async Task A_hundred_sessions_at_once_hold()
    {
        const int Many = 100;
        await using var harness = new TerminalsHarness(new Dictionary<string, string>
        {
            ["Homelab:Terminals:MaxSessionsPerUser"] = "100",
            ["Homelab:Terminals:MaxSessions"] = "100",
        });
        var token = await harness.TokenAsync();
        var windows = await Task.WhenAll(Enumerable.Range(0, Many).Select(async i =>
        {
            var terminal = await harness.OpenAsync("cat");
            var window = await TestWindow.AttachAsync(await harness.ConnectAsync(token), harness.Ticket(terminal), 80, 24);
            await window.TypeAsync($"this is {i}.\r");
            return (Window: window, Terminal: terminal, Text: $"this is {i}.");
        }));
        foreach (var (window, _, text) in windows)
        {
            await window.SeesAsync(text);
        }

        Assert.Equal(Many, harness.Broker.All().Count());
        Assert.Equal("QUOTA_EXCEEDED", (await harness.TryOpenAsync("cat")).Problem!.Code);
        await harness.Broker.ShutDownAsync();
        Assert.All(windows, w => Assert.False(w.Terminal.Ttyd.IsRunning));
        foreach (var (window, _, _) in windows)
        {
            await window.DisposeAsync();
        }

        Assert.Empty(Directory.GetFiles(harness.Get<TtydRunFolder>().Path));
    }
}
