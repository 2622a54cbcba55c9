using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Terminals;

public sealed class TerminalHubTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TerminalsHarness _harness = new(new Dictionary<string, string> { ["Homelab:Terminals:CatchUpTimeout"] = "00:00:02" });

    public Task InitializeAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    [Fact]
    public async Task What_is_typed_comes_back_and_the_window_is_told_the_state()
    {
        var terminal = await _harness.OpenAsync(TerminalsHarness.Shell);
        await using var window = await _harness.AttachAsync(terminal);
        var state = (await window.MessageAsync("State")).Arguments[0];
        Assert.Equal("active", state.GetProperty("status").GetString());
        Assert.Equal(1, state.GetProperty("attached_clients").GetInt32());
        Assert.Equal(terminal.ExpiresAt, state.GetProperty("expires_at").GetDateTime().ToUniversalTime(), TimeSpan.FromSeconds(1));

        await window.SeesAsync("ready> ");
        await window.TypeAsync("echo $((6 * 7)) äöü 🙂\r");
        await window.SeesAsync("\r42 äöü 🙂\r\n");
        Assert.Equal(SessionStatus.Active, (await _harness.RowAsync(terminal.Info.Id)).Status);
    }

    [Fact]
    public async Task A_window_that_comes_back_gets_what_it_missed_and_everything_before()
    {
        var terminal = await _harness.OpenAsync(TerminalsHarness.Shell);
        await using (var first = await _harness.AttachAsync(terminal))
        {
            await first.TypeAsync("echo before-$((1+1)); (sleep 0.2; echo after-$((2+2))) &\r");
            await first.SeesAsync("before-2");
        }

        await Until.TrueAsync(() => terminal.AttachedClients == 0, "the first window has left");
        await using var second = await _harness.AttachAsync(terminal);
        await second.SeesAsync("before-2");
        await second.SeesAsync("after-4");
        await second.TypeAsync("echo again-$((3+3))\r");
        await second.SeesAsync("again-6");
        Assert.Single(second.Text.Split("before-2").Skip(1));
    }

    [Fact]
    public async Task The_past_comes_with_the_sizes_that_it_was_meant_for()
    {
        var terminal = await _harness.OpenAsync(TerminalsHarness.Shell);
        await using (var first = await _harness.AttachAsync(terminal, 100, 30))
        {
            await SizesAsync(first, (100, 30));
            await first.TypeAsync("echo wide-$((1+1))\r");
            await first.SeesAsync("wide-2");
            await first.Client.InvokeAsync("Resize", 60, 20);
            await SizesAsync(first, (60, 20));
            await first.TypeAsync("echo narrow-$((1+1))\r");
            await first.SeesAsync("narrow-2");
        }

        await using var second = await _harness.AttachAsync(terminal, 90, 25);
        await SizesAsync(second, (100, 30), (60, 20), (90, 25));

        static async Task SizesAsync(TestWindow window, params (int Columns, int Rows)[] expected)
        {
            foreach (var (columns, rows) in expected)
            {
                await Until.TrueAsync(
                    async () =>
                    {
                        var size = (await window.MessageAsync("Size")).Arguments;
                        return (size[0].GetInt32(), size[1].GetInt32()) == (columns, rows);
                    },
                    $"the size is {columns} × {rows}");
            }
        }
    }

    [Fact]
    public async Task Two_windows_show_the_same_and_the_size_is_the_smallest_of_the_visible()
    {
        var terminal = await _harness.OpenAsync(TerminalsHarness.Shell);
        await using var one = await _harness.AttachAsync(terminal, 120, 40);
        await using var two = await _harness.AttachAsync(terminal, 100, 50);
        await one.SeesAsync("ready> ");
        await one.TypeAsync(UntilSize("40 100"));
        await two.SeesAsync("size is 40 100");
        await one.SeesAsync("size is 40 100");

        await two.Client.InvokeAsync("Resize", 0, 0);
        await two.TypeAsync(UntilSize("40 120"));
        await one.SeesAsync("size is 40 120");

        await one.Client.InvokeAsync("Resize", 5_000_000, -3);
        await two.Client.InvokeAsync("Resize", 5_000_000, 5_000_000);
        await two.TypeAsync(UntilSize("1000 1000"));
        await one.SeesAsync("size is 1000 1000");

        // A size arrives when it arrives; what is typed meanwhile may still see the one before.
        static string UntilSize(string size) => $"until [ \"$(stty size)\" = '{size}' ]; do sleep 0.05; done; echo size' is {size}'\r";
    }

    [Fact]
    public async Task Nothing_typed_or_the_most_that_may_be_typed_harms_nobody()
    {
        var terminal = await _harness.OpenAsync("sh", "-c", "stty raw -echo; echo ready; head -c 65536 | wc -c; cat");
        await using var window = await _harness.AttachAsync(terminal);
        await window.SeesAsync("ready");
        await window.Client.InvokeAsync("Input", Array.Empty<byte>());
        await window.Client.InvokeAsync("Input", new byte[TerminalHub.MaxInput]);
        await window.SeesAsync("65536");
        var refused = await Assert.ThrowsAsync<HubCallException>(() => window.Client.InvokeAsync("Input", new byte[TerminalHub.MaxInput + 1]));
        Assert.Contains("INPUT_TOO_LONG", refused.Message, StringComparison.Ordinal);
        await window.TypeAsync("still here");
        await window.SeesAsync("still here");
    }

    [Fact]
    public async Task When_the_shell_ends_its_last_words_are_seen_and_the_session_is_closed()
    {
        var terminal = await _harness.OpenAsync("sh", "-c", "read go; seq 1 2000; echo the-very-last-word; exit 3");
        await using var window = await _harness.AttachAsync(terminal);
        await window.TypeAsync("\r");
        Assert.Equal("user_close", (await window.MessageAsync("Closed")).Arguments[0].GetString());
        await window.EndsAsync();
        Assert.Null(window.Failure);
        Assert.Contains("the-very-last-word", window.Text, StringComparison.Ordinal);
        Assert.EndsWith("— The shell has ended. —\e[0m\r\n", window.Text, StringComparison.Ordinal);
        await Until.TrueAsync(async () => (await _harness.RowAsync(terminal.Info.Id)).ClosedAt is not null, "the row is closed");
        var row = await _harness.RowAsync(terminal.Info.Id);
        Assert.Equal((SessionStatus.Closed, SessionEndReason.UserClose), (row.Status, row.ReasonClosed));
    }

    [Fact]
    public async Task A_ttyd_that_is_killed_ends_the_session_as_an_error()
    {
        var terminal = await _harness.OpenAsync(TerminalsHarness.Shell);
        await using var window = await _harness.AttachAsync(terminal);
        await window.SeesAsync("ready> ");
        using (var ttyd = Process.GetProcessById(terminal.Ttyd.Pid))
        {
            ttyd.Kill();
        }

        Assert.Equal("error", (await window.MessageAsync("Closed")).Arguments[0].GetString());
        await Until.TrueAsync(async () => (await _harness.RowAsync(terminal.Info.Id)).ClosedAt is not null, "the row is closed");
        Assert.Equal(SessionStatus.Error, (await _harness.RowAsync(terminal.Info.Id)).Status);
    }

    [Fact]
    public async Task Ending_a_session_leaves_no_process_even_one_that_ignores_the_hangup()
    {
        var terminal = await _harness.OpenAsync("sh", "-c", "trap '' HUP TERM INT; echo pid=$$; while :; do sleep 1; done");
        await using var window = await _harness.AttachAsync(terminal);
        await window.SeesAsync("\n");
        var pid = int.Parse(window.Text.Split("pid=")[1].Split('\r')[0], CultureInfo.InvariantCulture);
        var shell = ProcessIdentity.Of(pid)!;

        await _harness.Broker.EndAsync(terminal, SessionEnd.UserClose);
        Assert.False(terminal.Ttyd.IsRunning);
        await Until.TrueAsync(() => !shell.IsRunning, "the shell is gone");
        Assert.Null(_harness.Broker.Find(terminal.Info.Id));
    }

    [Fact]
    public async Task A_window_that_does_not_draw_holds_the_shell_back_and_is_then_cut_off()
    {
        var terminal = await _harness.OpenAsync("yes", "0123456789");
        await using var client = await _harness.ConnectAsync(await _harness.TokenAsync());
        var stream = await client.StreamAsync("Attach", _harness.Ticket(terminal), 80, 24);

        long got = 0;
        var failure = await Assert.ThrowsAsync<HubCallException>(async () =>
        {
            await foreach (var item in stream.ReadAllAsync())
            {
                got += item.Length;
            }
        });
        Assert.Contains("DETACHED", failure.Message, StringComparison.Ordinal);
        Assert.InRange(got, LiveTerminal.MaxBehind, LiveTerminal.MaxBehind + (3 * OutputBuffer.ReplayLength / 2));
        Assert.Equal(0, terminal.AttachedClients);

        // The shell runs on without it, and the session can be attached to again.
        var before = terminal.BytesOut;
        await Until.TrueAsync(() => terminal.BytesOut > before + 10_000_000, "the shell goes on");
        await using var window = await _harness.AttachAsync(terminal);
        await Until.TrueAsync(() => window.Total > 3_000_000, "a window that draws keeps up");
    }

    [Fact]
    public async Task A_window_that_draws_slowly_but_draws_is_not_cut_off()
    {
        var terminal = await _harness.OpenAsync("yes", "0123456789");
        await using var client = await _harness.ConnectAsync(await _harness.TokenAsync());
        var stream = await client.StreamAsync("Attach", _harness.Ticket(terminal), 80, 24);
        var drawn = (long)(await stream.ReadAsync()).Length;

        // Before somebody looked, nothing held it back.
        var before = terminal.BytesOut;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(5))
        {
            drawn += (await stream.ReadAsync()).Length;
            if (drawn > LiveTerminal.MaxBehind)
            {
                await Task.Delay(100);
            }

            await client.SendAsync("Acknowledge", drawn);
        }

        Assert.Equal(1, terminal.AttachedClients);
        Assert.True(terminal.BytesOut - before < 40_000_000, "The shell was not held back.");
    }

    [Fact]
    public async Task A_used_stale_or_foreign_ticket_attaches_to_nothing()
    {
        var terminal = await _harness.OpenAsync(TerminalsHarness.Shell);
        var admin = await _harness.TokenAsync();
        var ticket = _harness.Ticket(terminal);
        await using var first = await TestWindow.AttachAsync(await _harness.ConnectAsync(admin), ticket, 80, 24);
        await first.SeesAsync("ready> ");

        await using var again = await TestWindow.AttachAsync(await _harness.ConnectAsync(admin), ticket, 80, 24);
        await again.EndsAsync();
        Assert.Contains("TICKET_INVALID", again.Failure!.Message, StringComparison.Ordinal);

        await using var other = await TestWindow.AttachAsync(await _harness.ConnectAsync(await _harness.TokenAsync(UserRole.Operator)), _harness.Ticket(terminal), 80, 24);
        await other.EndsAsync();
        Assert.Contains("TICKET_INVALID", other.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(1, terminal.AttachedClients);
    }

    [Fact]
    public async Task Who_may_not_use_terminals_does_not_get_in()
    {
        var viewer = await _harness.TokenAsync(UserRole.Viewer);
        await Assert.ThrowsAnyAsync<Exception>(() => _harness.ConnectAsync(viewer));
        var admin = await _harness.TokenAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => _harness.ConnectAsync(admin, "http://evil.test"));
        await using var own = await _harness.ConnectAsync(admin, "http://localhost");
    }

    [Fact]
    public async Task When_a_token_is_revoked_its_windows_are_cut_off()
    {
        var terminal = await _harness.OpenAsync(TerminalsHarness.Shell);
        var token = await _harness.TokenAsync();
        await using var window = await TestWindow.AttachAsync(await _harness.ConnectAsync(token), _harness.Ticket(terminal), 80, 24);
        await window.SeesAsync("ready> ");

        using var program = _harness.App.Anonymous();
        program.DefaultRequestHeaders.Authorization = token;
        using var answer = await program.DeleteAsync($"/api/v1/tokens/{token.Parameter!.Split('_')[1]}");
        Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
        await window.EndsAsync();
        Assert.Contains("DETACHED", window.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(SessionStatus.Active, terminal.Lifecycle.Status);
    }

    [Fact]
    public async Task When_a_token_runs_out_its_windows_are_cut_off()
    {
        var time = new ManualTime();
        await using var harness = new TerminalsHarness(time: time);
        var terminal = await harness.OpenAsync(TerminalsHarness.Shell);
        await using var stays = await harness.AttachAsync(terminal);
        using var client = harness.App.Anonymous();
        using var answer = await client.PostAsJsonAsync("/api/v1/auth/token", new { username = TestApp.AdminName, password = TestApp.Password, expires_in = "5m" });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        await using var window = await TestWindow.AttachAsync(await harness.ConnectAsync(new("Bearer", token)), harness.Ticket(terminal), 80, 24);
        await window.SeesAsync("ready> ");

        time.Advance(TimeSpan.FromMinutes(6));
        await window.EndsAsync();
        Assert.Contains("DETACHED", window.Failure!.Message, StringComparison.Ordinal);
        Assert.False(stays.HasEnded);
        Assert.Equal((SessionStatus.Active, 1), (terminal.Lifecycle.Status, terminal.AttachedClients));
    }
}
