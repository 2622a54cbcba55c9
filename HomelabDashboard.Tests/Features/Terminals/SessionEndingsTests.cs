using System.Diagnostics;
using FsCheck.Fluent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ttyd;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Tests.Features.Terminals;

/// <summary>Everything that can end a session, in any order and at once, on real ttyds, against what the table then has seen.</summary>
public sealed class SessionEndingsTests
{
    private static readonly SessionStatus[] Ends = [SessionStatus.Closed, SessionStatus.Expired, SessionStatus.Error];

    private enum Blow
    {
        Close,
        Ttl,
        Idle,
        NobodyCame,
        Crash,
        ShutDown,
        MakeRoom,
        GiveUp,
        Extend,
    }

    [Fact]
    public async Task In_whatever_order_a_session_is_ended_one_end_wins_and_only_open_steps_reach_the_table()
    {
        var time = new ManualTime();
        await using var harness = new TerminalsHarness(time: time);
        await using (var db = await DatabaseAsync(harness))
        {
            await db.Database.ExecuteSqlRawAsync("CREATE TABLE seen (session TEXT, status TEXT, reason TEXT, at INTEGER PRIMARY KEY AUTOINCREMENT)");
            await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER see_first AFTER INSERT ON terminal_sessions BEGIN INSERT INTO seen (session, status, reason) VALUES (NEW.id, NEW.status, NEW.reason_closed); END");
            await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER see_next AFTER UPDATE ON terminal_sessions WHEN OLD.status <> NEW.status OR OLD.reason_closed IS NOT NEW.reason_closed BEGIN INSERT INTO seen (session, status, reason) VALUES (NEW.id, NEW.status, NEW.reason_closed); END");
        }

        var plans = Gen.Choose(1, 4).SelectMany(blows => Gen.Elements(Enum.GetValues<Blow>()).ArrayOf(blows)).Where(p => p.Any(b => b != Blow.Extend)).Sample(40).ToList();

        // Some at once too, so that the database and the processes are busy when it matters.
        foreach (var few in plans.Chunk(8))
        {
            await Task.WhenAll(few.Select(plan => TryAsync(harness, time, plan)));
        }

        Assert.Empty(harness.Get<LiveStore<string, SessionSummary>>().Snapshot());
        Assert.Empty(Directory.GetFiles(harness.Get<TtydRunFolder>().Path));
        Assert.Equal(0, new ProcessLedger(Path.Combine(harness.App.Folder, "processes.json")).EndLeftovers());
    }

    private static async Task TryAsync(TerminalsHarness harness, ManualTime time, Blow[] plan)
    {
        // A broker of its own, so that a shutdown is that of this plan alone.
        var options = Options.Create(new TerminalsOptions());
        var broker = new TerminalBroker(
            harness.Get<SessionRows>(), harness.Get<ConnectTickets>(), harness.Get<LiveStore<string, SessionSummary>>(), harness.Get<ProcessLedger>(),
            harness.Get<TtydRunFolder>(), options, time, NullLogger<TerminalBroker>.Instance);
        var info = new SessionInfo
        {
            Id = ShortId.New(),
            HostId = "here",
            HostName = "this machine",
            HostIp = "127.0.0.1",
            UserId = 1,
            Username = TestApp.AdminName,
            Mode = SessionMode.Embedded,
            CreatedAt = time.GetUtcNow().UtcDateTime,
            Lifetime = TimeSpan.FromHours(12),
        };

        // What comes while it still starts must not be lost either.
        var opening = broker.OpenAsync(info, ["sleep", "300"], "hash", CancellationToken.None);
        var early = plan[0] == Blow.ShutDown ? broker.ShutDownAsync() : Task.CompletedTask;
        var opened = await opening;
        await early;
        if (opened.Succeeded)
        {
            var terminal = opened.Value;
            await Task.WhenAll(plan.Select(blow => Task.Run(() => StrikeAsync(broker, terminal, blow))));
            await Until.TrueAsync(
                async () => broker.Find(info.Id) is null && !terminal.Ttyd.IsRunning && (await harness.RowAsync(info.Id)).ClosedAt is not null,
                $"{string.Join(", ", plan)} has ended it");
            Assert.Contains(terminal.Lifecycle.Status, Ends);
            Assert.NotNull(terminal.End);
            Assert.False(await broker.ExtendAsync(terminal, TimeSpan.FromHours(1)));
        }

        await using var db = await DatabaseAsync(harness);
        var seen = (await db.Database.SqlQuery<string>($"SELECT status || ':' || coalesce(reason, '') AS Value FROM seen WHERE session = {info.Id} ORDER BY at").ToListAsync())
            .ConvertAll(s => (Status: Word<SessionStatus>(s.Split(':')[0]), Reason: s.Split(':')[1]));
        if (seen.Count == 0)
        {
            Assert.Equal("UNAVAILABLE", opened.Problem!.Code);
            return;
        }

        var told = $"{string.Join(", ", plan)}: {string.Join(" → ", seen)}";
        Assert.True(seen[0].Status == SessionStatus.Starting, told);
        Assert.All(seen.Zip(seen.Skip(1)), step => Assert.True(SessionLifecycle.MayMove(step.First.Status, step.Second.Status), told));
        Assert.True(seen.Count(s => Ends.Contains(s.Status)) == 1 && Ends.Contains(seen[^1].Status), told);
        Assert.All(seen.SkipLast(1), s => Assert.Equal("", s.Reason));
        var row = await harness.RowAsync(info.Id);
        Assert.True(Legal(row.Status, row.ReasonClosed), told);
        Assert.NotNull(row.ClosedAt);
        Assert.False(string.IsNullOrWhiteSpace(row.ClosedDetail), told);
        if (opened.Value?.End is { } end)
        {
            Assert.Equal((end.Status, end.Reason, end.Words), (row.Status, row.ReasonClosed, row.ClosedDetail));
        }
    }

    private static Task StrikeAsync(TerminalBroker broker, LiveTerminal terminal, Blow blow)
    {
        switch (blow)
        {
            case Blow.Crash:
                using (var ttyd = ProcessOf(terminal))
                {
                    ttyd?.Kill();
                }

                return Task.CompletedTask;
            case Blow.Extend:
                return broker.ExtendAsync(terminal, TimeSpan.FromHours(1));
            case Blow.ShutDown:
                return broker.ShutDownAsync();
            default:
                return broker.EndAsync(terminal, blow switch
                {
                    Blow.Ttl => SessionEnd.Ttl,
                    Blow.Idle => SessionEnd.Idle,
                    Blow.NobodyCame => SessionEnd.ClientLost,
                    Blow.MakeRoom => SessionEnd.Quota,
                    Blow.GiveUp => SessionEnd.Reused,
                    _ => SessionEnd.UserClose,
                });
        }
    }

    private static Process? ProcessOf(LiveTerminal terminal)
    {
        try
        {
            return terminal.Ttyd.IsRunning ? Process.GetProcessById(terminal.Ttyd.Pid) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool Legal(SessionStatus status, SessionEndReason? reason) => status switch
    {
        SessionStatus.Expired => reason is SessionEndReason.Ttl or SessionEndReason.Idle,
        SessionStatus.Error => reason is null,
        _ => reason is not (null or SessionEndReason.Ttl or SessionEndReason.Idle),
    };

    private static T Word<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>().Single(v => EnumWords<T>.Of(v) == word);

    private static Task<HomelabDbContext> DatabaseAsync(TerminalsHarness harness) =>
        harness.Get<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
}
