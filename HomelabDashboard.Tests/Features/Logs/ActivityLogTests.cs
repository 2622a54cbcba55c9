using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HomelabDashboard.Tests.Features.Logs;

public sealed class ActivityLogTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start(services: s => s.AddSingleton<ILoggerProvider, DashboardLog>());

    private ActivityLog Log => _app.Services.GetRequiredService<ActivityLog>();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Fact]
    public async Task Lines_that_cannot_be_written_now_are_written_later()
    {
        await RefuseAsync();
        Log.Write(LogEntryLevel.Info, "test", "While the disk was full.");
        await Until.TrueAsync(() => Failures() > 0, "it was tried");
        await AllowAsync();
        await _app.LineAsync("While the disk was full.");
        Assert.Equal(1, Failures());
    }

    [Fact]
    public async Task Lines_that_are_given_up_are_counted()
    {
        await RefuseAsync();
        Log.Write(LogEntryLevel.Info, "test", "Lost.");
        await Until.TrueAsync(() => Failures() > 1, "it was given up", TimeSpan.FromSeconds(60));
        await AllowAsync();
        Log.Write(LogEntryLevel.Info, "test", "Kept.");
        await _app.LineAsync("Kept.");
        await Until.TrueAsync(
            async () =>
            {
                await using var db = await Databases.CreateDbContextAsync();
                return await db.Set<LogEntry>().AnyAsync(e => e.Source == "logs" && EF.Functions.Like(e.Message, "Lines that came too fast to be kept, or could not be written: _%"));
            },
            "it is said how many were given up");
    }

    [Fact]
    public async Task What_the_program_itself_logs_is_in_the_log_without_what_should_not_be()
    {
        var loggers = _app.Services.GetRequiredService<ILoggerFactory>();
        var logger = loggers.CreateLogger("HomelabDashboard.Features.Hosts.HostMonitor");
        Say(logger, LogLevel.Information, "Nothing happened.");
        Say(logger, LogLevel.Error, "The loop of nas broke.", new InvalidOperationException("No way, password=hunter2\n" + new string('x', 2_000)));
        Say(loggers.CreateLogger("Microsoft.EntityFrameworkCore.Database.Command"), LogLevel.Error, "Failed executing DbCommand.");
        Say(loggers.CreateLogger("HomelabDashboard.Features.Logs.ActivityLogWriter"), LogLevel.Error, "Not written.");
        Say(logger, LogLevel.Warning, "The setup code is 1234.", name: DashboardLog.ForFilesAlone);
        Say(logger, LogLevel.Warning, "The last.");

        await _app.LineAsync("HostMonitor: The last.");
        await using var db = await Databases.CreateDbContextAsync();
        var lines = await db.Set<LogEntry>().AsNoTracking().Where(e => e.Source == "dashboard" && EF.Functions.Like(e.Message, "HostMonitor:%")).OrderBy(e => e.Id).ToListAsync();
        Assert.Equal([LogEntryLevel.Error, LogEntryLevel.Warning], lines.Select(l => l.Level));
        Assert.StartsWith("HostMonitor: The loop of nas broke. InvalidOperationException: No way, password=*** xxx", lines[0].Message, StringComparison.Ordinal);
        Assert.InRange(lines[0].Message.Length, 500, 700);
        Assert.DoesNotContain("   at ", lines[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await db.Set<LogEntry>().Select(e => e.Message).ToListAsync(), m => m.Contains("DbCommand", StringComparison.Ordinal) || m.Contains("Not written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flood_of_the_program_is_bounded_and_counted()
    {
        var program = _app.Services.GetServices<ILoggerProvider>().OfType<DashboardLog>().Single();
        program.TellLeftOut();
        var logger = program.CreateLogger("Flood");
        for (var i = 0; i < DashboardLog.MostEachMinute + 25; i++)
        {
            Say(logger, LogLevel.Warning, $"Drop {i}.");
        }

        program.TellLeftOut();
        await _app.LineAsync("25 more lines within a minute stand in the dashboard's log files alone.");
        await using var db = await Databases.CreateDbContextAsync();
        Assert.Equal(DashboardLog.MostEachMinute, await db.Set<LogEntry>().CountAsync(e => EF.Functions.Like(e.Message, "Flood:%")));
    }

    private IDbContextFactory<HomelabDbContext> Databases => _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>();

    private static void Say(ILogger logger, LogLevel level, string text, Exception? fault = null, string? name = null) =>
        logger.Log(level, new EventId(1, name), text, fault, (said, _) => said);

    private int Failures() => _app.Log.Lines.Count(l => l.Contains("of the activity log could not be written", StringComparison.Ordinal));

    /// <summary>As a disk that is full does.</summary>
    private Task RefuseAsync() => ExecuteAsync("CREATE TRIGGER refuse BEFORE INSERT ON logs BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");

    private Task AllowAsync() => ExecuteAsync("DROP TRIGGER refuse");

    private async Task ExecuteAsync(string sql)
    {
        await using var db = await Databases.CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
