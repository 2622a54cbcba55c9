using System.Diagnostics;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Tests.Features.Terminals;

public sealed class TerminalBrokerTests
{
    [Fact]
    public async Task Sessions_end_when_their_time_has_come_and_say_why()
    {
        var time = new ManualTime();
        await using var harness = new TerminalsHarness(time: time);

        var never = await harness.OpenAsync(TerminalsHarness.Shell);
        var left = await harness.OpenAsync(TerminalsHarness.Shell);
        await using (var gone = await harness.AttachAsync(left))
        {
            await gone.SeesAsync("ready> ");
        }

        await Until.TrueAsync(() => left is { WasAttached: true, AttachedClients: 0 }, "the window has left");
        time.Advance(TimeSpan.FromSeconds(29));
        await harness.Broker.SweepAsync();
        Assert.Equal(SessionStatus.Active, never.Lifecycle.Status);

        time.Advance(TimeSpan.FromSeconds(2));
        await harness.Broker.SweepAsync();
        await HasEndedAsync(harness, never, SessionStatus.Closed, SessionEndReason.ClientLost);
        Assert.Equal(SessionStatus.Active, left.Lifecycle.Status);

        time.Advance(TimeSpan.FromMinutes(10));
        await harness.Broker.SweepAsync();
        await HasEndedAsync(harness, left, SessionStatus.Closed, SessionEndReason.ClientLost);

        var watched = await harness.OpenAsync(TerminalsHarness.Shell);
        await using var window = await harness.AttachAsync(watched);
        await window.SeesAsync("ready> ");
        time.Advance(TimeSpan.FromMinutes(59));
        await window.TypeAsync("\r");
        await Until.TrueAsync(() => watched.BytesIn > 0, "it was typed");
        time.Advance(TimeSpan.FromMinutes(59));
        await harness.Broker.SweepAsync();
        Assert.Equal(SessionStatus.Active, watched.Lifecycle.Status);
        time.Advance(TimeSpan.FromMinutes(2));
        await harness.Broker.SweepAsync();
        await HasEndedAsync(harness, watched, SessionStatus.Expired, SessionEndReason.Idle);
        Assert.Equal("idle", (await window.MessageAsync("Closed")).Arguments[0].GetString());

        var busy = await harness.OpenAsync(TerminalsHarness.Shell);
        time.Advance(TimeSpan.FromHours(13));
        await harness.Broker.SweepAsync();
        await HasEndedAsync(harness, busy, SessionStatus.Expired, SessionEndReason.Ttl);
    }

    [Fact]
    public async Task One_user_gets_no_more_than_the_quota_even_all_at_once_and_a_closed_one_makes_room()
    {
        await using var harness = new TerminalsHarness(new Dictionary<string, string> { ["Homelab:Terminals:MaxSessionsPerUser"] = "3" });
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => harness.TryOpenAsync("sleep", "300")));
        Assert.Equal(3, opened.Count(o => o.Succeeded));
        Assert.All(opened.Where(o => !o.Succeeded), o => Assert.Equal("QUOTA_EXCEEDED", o.Problem!.Code));

        await harness.Broker.EndAsync(opened.First(o => o.Succeeded).Value!, SessionEnd.UserClose);
        Assert.True((await harness.TryOpenAsync("sleep", "300")).Succeeded);
    }

    [Fact]
    public async Task Extending_counts_as_typing_and_goes_no_further_than_the_limit_nor_back()
    {
        var time = new ManualTime();
        await using var harness = new TerminalsHarness(time: time);
        var terminal = await harness.OpenAsync(TerminalsHarness.Shell);
        await using var window = await harness.AttachAsync(terminal);
        await window.SeesAsync("ready> ");
        var created = terminal.Info.CreatedAt;

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.True(await harness.Broker.ExtendAsync(terminal, TimeSpan.FromHours(1)));
        Assert.Equal((created.AddHours(12), created.AddMinutes(59 + 60)), (terminal.ExpiresAt, terminal.IdleExpiresAt));
        time.Advance(TimeSpan.FromMinutes(59));
        await harness.Broker.SweepAsync();
        Assert.Equal(SessionStatus.Active, terminal.Lifecycle.Status);

        Assert.True(await harness.Broker.ExtendAsync(terminal, TimeSpan.FromDays(7)));
        Assert.Equal(created.AddMinutes(118).AddDays(7), terminal.ExpiresAt);
        await Until.TrueAsync(
            async () => (await window.MessageAsync("State")).Arguments[0].GetProperty("expires_at").GetDateTime().ToUniversalTime() == terminal.ExpiresAt, "the window is told");
        Assert.True(await harness.Broker.ExtendAsync(terminal, TimeSpan.FromDays(30)));
        Assert.Equal(created.AddDays(30), terminal.ExpiresAt);
        Assert.Equal(terminal.ExpiresAt, (await harness.RowAsync(terminal.Info.Id)).ExpiresAt);

        time.Advance(TimeSpan.FromDays(31));
        await harness.Broker.SweepAsync();
        await HasEndedAsync(harness, terminal, SessionStatus.Expired, SessionEndReason.Ttl);
        Assert.False(await harness.Broker.ExtendAsync(terminal, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Without_a_ttyd_the_caller_is_told_what_to_do()
    {
        await using var harness = new TerminalsHarness(new Dictionary<string, string> { ["Homelab:Terminals:TtydPath"] = "/nowhere/ttyd" });
        var refused = await harness.TryOpenAsync("true");
        Assert.Equal("UNAVAILABLE", refused.Problem!.Code);
        Assert.Contains("Install", refused.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ttyd_that_does_not_start_leaves_a_failed_row_and_no_place_taken()
    {
        await using var harness = new TerminalsHarness(new Dictionary<string, string>
        {
            ["Homelab:Terminals:TtydPath"] = "/bin/false",
            ["Homelab:Terminals:MaxSessionsPerUser"] = "1",
        });
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("UNAVAILABLE", (await harness.TryOpenAsync("true")).Problem!.Code);
        }

        await using var db = await harness.Get<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        var rows = await db.Set<TerminalSession>().AsNoTracking().ToListAsync();
        Assert.Equal(2, rows.Count);
        Assert.All(rows, r => Assert.Equal(SessionStatus.Error, r.Status));
    }

    [Fact]
    public async Task Shutting_down_ends_every_session_and_leaves_no_process()
    {
        await using var harness = new TerminalsHarness();
        var terminals = new[] { await harness.OpenAsync(TerminalsHarness.Shell), await harness.OpenAsync("yes"), await harness.OpenAsync("sleep", "300") };
        await using var window = await harness.AttachAsync(terminals[0]);
        await window.SeesAsync("ready> ");

        await harness.Broker.ShutDownAsync();
        foreach (var terminal in terminals)
        {
            await HasEndedAsync(harness, terminal, SessionStatus.Closed, SessionEndReason.ServerShutdown);
            Assert.False(terminal.Ttyd.IsRunning);
        }

        Assert.Equal("server_shutdown", (await window.MessageAsync("Closed")).Arguments[0].GetString());
        Assert.Equal("UNAVAILABLE", (await harness.TryOpenAsync("true")).Problem!.Code);
        Assert.Equal(0, new ProcessLedger(Path.Combine(harness.App.Folder, "processes.json")).EndLeftovers());
    }

    [Fact]
    public async Task What_a_crash_left_open_is_closed_by_the_next_start_and_its_process_ended()
    {
        await using var harness = new TerminalsHarness();
        var rows = harness.Get<SessionRows>();
        using var left = Process.Start(new ProcessStartInfo("sleep", ["300"]))!;
        using var other = Process.Start(new ProcessStartInfo("sleep", ["300"]))!;
        try
        {
            foreach (var (id, process) in new[] { ("left", left), ("other", other) })
            {
                await rows.AddAsync(Session(id), "hash", CancellationToken.None);
                var identity = ProcessIdentity.Of(process.Id)!;
                await rows.StartedAsync(id, id == "left" ? identity : identity with { StartTicks = identity.StartTicks - 1 });
            }

            Assert.Equal(2, await rows.CloseLeftoversAsync(CancellationToken.None));
            await left.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.False(other.HasExited, "A process with the same pid and another start time is somebody else's.");
            var row = await harness.RowAsync("left");
            Assert.Equal((SessionStatus.Closed, SessionEndReason.ServerShutdown), (row.Status, row.ReasonClosed));
            Assert.Equal(0, await rows.CloseLeftoversAsync(CancellationToken.None));
        }
        finally
        {
            left.Kill();
            other.Kill();
        }
    }

    private static SessionInfo Session(string id) => new()
    {
        Id = id,
        HostId = "here",
        HostName = "this machine",
        HostIp = "127.0.0.1",
        UserId = 1,
        Username = TestApp.AdminName,
        Mode = SessionMode.Embedded,
        CreatedAt = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc),
        Lifetime = TimeSpan.FromDays(1),
    };

    private static async Task HasEndedAsync(TerminalsHarness harness, LiveTerminal terminal, SessionStatus status, SessionEndReason reason)
    {
        Assert.Equal(status, terminal.Lifecycle.Status);
        Assert.Null(harness.Broker.Find(terminal.Info.Id));
        var row = await harness.RowAsync(terminal.Info.Id);
        Assert.Equal((status, reason), (row.Status, row.ReasonClosed));
        Assert.NotNull(row.ClosedAt);
    }
}
