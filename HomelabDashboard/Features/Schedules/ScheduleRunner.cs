using HomelabDashboard.Data;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Schedules;

/// <summary>
/// Starts what is due, follows its runs to their end and keeps the tables true, also after a crash or a fault of the database:
/// every step is written before it is done. One step is taken at a time. Singleton.
/// </summary>
public sealed partial class ScheduleRunner(
    IDbContextFactory<HomelabDbContext> databases,
    ScheduleBook book,
    ScheduleClock clock,
    RunService runs,
    LiveStore<string, RunRecord> liveRuns,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ScheduleRunner> logger) : BackgroundService
{
    /// <summary>What the clock calls after a fault, in place of a schedule.</summary>
    private const string Again = "again";

    private const string WhilePaused = "All schedules were paused while it waited.";

    /// <summary>Later than this, what was due was missed.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    /// <summary>The first page comes before the first look at the schedules.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(10);

    /// <summary>A task is written right after the row of its schedule's run.</summary>
    private static readonly TimeSpan LongestBegin = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _ready;

    public SchedulesPause Pause => book.Pause;

    /// <summary>The schedules, live; they are there from the first call of <see cref="ReadyAsync"/> on.</summary>
    internal LiveStore<string, ScheduleRecord> Live => book.Live;

    /// <summary>Takes up what an earlier run left, the first time that it is called.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => StepAsync((_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>A schedule was made, changed or taken away: it is due by its new words from now on.</summary>
    internal Task<bool> ChangedAsync(string id, CancellationToken cancellationToken) => StepAsync(
        async (db, now) =>
        {
            if (await db.Set<Schedule>().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is { } schedule)
            {
                schedule.NextRun = ScheduleBook.NextOf(schedule, now);
                if (!schedule.Enabled)
                {
                    await book.LeaveOutAsync(db, schedule, now, "It was switched off while it waited.");
                }

                await book.SaveAsync(db, schedule);
            }
            else
            {
                await book.ForgetAsync(id);
            }

            return true;
        },
        cancellationToken);

    /// <summary>Runs a schedule at once, whether or not it is enabled or paused.</summary>
    /// <returns><c>OPERATION_OPEN</c> while a run of it goes on, and what <see cref="RunService.StartAsync"/> refuses.</returns>
    internal Task<Result<RunStart>> RunNowAsync(string id, string requestedBy, CancellationToken cancellationToken) => StepAsync(
        async (db, now) =>
        {
            var schedule = await db.Set<Schedule>().SingleOrDefaultAsync(s => s.Id == id, cancellationToken);
            if (schedule is null)
            {
                return Problem.NotFound("schedule");
            }

            return await ScheduleBook.OpenRunAsync(db, id) is { } open
                ? new Problem("OPERATION_OPEN", "A run of this schedule goes on already.") { OperationId = open.TaskId }
                : await StartAsync(db, schedule, now, null, ScheduleTrigger.Manual, attempt: 1, requestedBy);
        },
        cancellationToken);

    /// <summary>Pauses all schedules, or has them go on. What waits or is due meanwhile is left out, and what has failed is not tried again.</summary>
    internal Task<bool> SetPauseAsync(SchedulesPause pause, CancellationToken cancellationToken) => StepAsync(
        async (db, now) =>
        {
            await book.WritePauseAsync(db, pause);
            foreach (var schedule in await db.Set<Schedule>().ToListAsync(CancellationToken.None))
            {
                schedule.NextRun = ScheduleBook.NextOf(schedule, now);
                if (pause.Paused)
                {
                    await book.LeaveOutAsync(db, schedule, now, WhilePaused);
                }

                await book.SaveAsync(db, schedule);
            }

            return true;
        },
        cancellationToken);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await clock.StopAsync();
    }

    public override void Dispose()
    {
        base.Dispose();
        _gate.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        clock.Due = id => TryAsync("what is due", () => StepAsync((db, now) => DueAsync(db, id, now), stoppingToken), stoppingToken);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        await Task.Delay(AfterStart, time, stoppingToken);
        await TryAsync("what an earlier run left", () => ReadyAsync(stoppingToken), stoppingToken);
        await foreach (var batch in liveRuns.WatchAsync(stoppingToken))
        {
            var ended = batch.Select(change => change.Value).OfType<RunRecord>().Where(run => !run.IsOpen).ToDictionary(run => run.Id, StringComparer.Ordinal);
            if (ended.Count > 0)
            {
                await TryAsync("the ends of runs", () => StepAsync((db, now) => EndAsync(db, ended, now), stoppingToken), stoppingToken);
            }
        }
    }

    private async Task TryAsync(string what, Func<Task> act, CancellationToken stoppingToken)
    {
        try
        {
            await act();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            LogFault(logger, what, fault);
        }
    }

    private async Task<T> StepAsync<T>(Func<HomelabDbContext, DateTime, Task<T>> step, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_ready)
            {
                await using var first = await databases.CreateDbContextAsync(cancellationToken);
                await RecoverAsync(first, time.GetUtcNow().UtcDateTime, cancellationToken);
                _ready = true;
            }

            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            return await step(db, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The step was left half done: the next one takes up what is in the tables, and comes by itself.
            _ready = false;
            await clock.SetAsync(Again, time.GetUtcNow().UtcDateTime + AfterFault, CancellationToken.None);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>After a start or a fault: ends the rows of runs that are over, and looks at what was due meanwhile.</summary>
    private async Task RecoverAsync(HomelabDbContext db, DateTime now, CancellationToken cancellationToken)
    {
        await book.ReadPauseAsync(db, cancellationToken);
        foreach (var row in await db.Set<ScheduleRun>().Where(r => r.Status == ScheduleRunStatus.Running).ToListAsync(cancellationToken))
        {
            var task = await TaskOfAsync(db, row, cancellationToken);
            row.TaskId = task?.Id;
            if (task is null)
            {
                await book.EndAsync(db, row, new RunEnding(ScheduleRunStatus.Failed, now, 0, RunRows.Interrupted, null), now);
            }
            else if (RunRows.ToRecord(task) is { IsOpen: false } run)
            {
                await book.EndAsync(db, row, RunEnding.Of(run, now), now);
            }
        }

        var schedules = await db.Set<Schedule>().ToListAsync(cancellationToken);
        foreach (var schedule in schedules)
        {
            if (schedule.Enabled)
            {
                await LookAsync(db, schedule, now);
            }

            await book.SaveAsync(db, schedule);
        }

        foreach (var gone in Live.Snapshot().Keys.Except(schedules.Select(s => s.Id), StringComparer.Ordinal))
        {
            await book.ForgetAsync(gone);
        }
    }

    /// <summary>The task of a run; also when its row does not name it yet, because the program ended in between.</summary>
    private static async Task<AutomationTask?> TaskOfAsync(HomelabDbContext db, ScheduleRun row, CancellationToken cancellationToken)
    {
        var tasks = db.Set<AutomationTask>().AsNoTracking();
        if (row.TaskId is { } id)
        {
            return await tasks.SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        }

        var schedule = await db.Set<Schedule>().IgnoreQueryFilters().AsNoTracking().SingleAsync(s => s.Id == row.ScheduleId, cancellationToken);
        var (request, by, latest) = (ScheduleRules.Request(schedule), Asker(schedule, row), row.StartedAt + LongestBegin);
        return await tasks
            .Where(t => t.Playbook == request.Playbook && t.Target == request.Target && t.RequestedBy == by && t.CreatedAt >= row.StartedAt && t.CreatedAt <= latest)
            .Where(t => db.Set<Operation>().Any(o => o.Id == t.Id) && !db.Set<ScheduleRun>().Any(r => r.TaskId == t.Id))
            .OrderBy(t => t.CreatedAt).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<bool> DueAsync(HomelabDbContext db, string id, DateTime now)
    {
        if (await db.Set<Schedule>().SingleOrDefaultAsync(s => s.Id == id) is { Enabled: true } schedule)
        {
            await LookAsync(db, schedule, now);
            await book.SaveAsync(db, schedule);
        }

        return true;
    }

    /// <summary>Notes how runs ended, and looks at what has waited for them.</summary>
    private async Task<bool> EndAsync(HomelabDbContext db, IReadOnlyDictionary<string, RunRecord> ended, DateTime now)
    {
        var ids = ended.Keys.ToList();
        foreach (var row in await db.Set<ScheduleRun>().Where(r => r.Status == ScheduleRunStatus.Running && r.TaskId != null && ids.Contains(r.TaskId)).ToListAsync())
        {
            await book.EndAsync(db, row, RunEnding.Of(ended[row.TaskId!], now), now);
        }

        foreach (var waiting in Pause.Paused ? [] : await db.Set<Schedule>().Where(s => s.QueuedFor != null && s.Enabled).ToListAsync())
        {
            await LookAsync(db, waiting, now);
            await book.SaveAsync(db, waiting);
        }

        return true;
    }

    /// <summary>Does what is due of a schedule by now.</summary>
    private async Task LookAsync(HomelabDbContext db, Schedule schedule, DateTime now)
    {
        if (Pause.Paused)
        {
            // Nothing is due: the next time is the one that comes if they go on before it.
            schedule.NextRun = ScheduleBook.NextOf(schedule, now);
            await book.LeaveOutAsync(db, schedule, now, WhilePaused);
            return;
        }

        schedule.NextRun ??= ScheduleBook.NextOf(schedule, now);
        if (schedule.NextRun is { } due && due <= now)
        {
            schedule.NextRun = ScheduleBook.NextOf(schedule, now);
            var missed = now - due > Late;
            if (missed && (schedule.MissedPolicy == MissedPolicy.Skip || schedule.EndAt < now))
            {
                await book.SkipAsync(
                    db, schedule, now, due, ScheduleTrigger.Missed,
                    "The dashboard did not run at that time" + (schedule.MissedPolicy == MissedPolicy.Skip ? "." : ", and the schedule has come to its end since."));
            }
            else
            {
                await StartOrOverlapAsync(db, schedule, now, due, missed ? ScheduleTrigger.Missed : ScheduleTrigger.Schedule);
            }
        }
        else if (schedule.QueuedFor is { } queued && await ScheduleBook.OpenRunAsync(db, schedule.Id) is null)
        {
            await StartOrOverlapAsync(db, schedule, now, queued, ScheduleTrigger.Schedule);
        }
        else if (schedule.RetryAt <= now && await ScheduleBook.OpenRunAsync(db, schedule.Id) is null)
        {
            await StartAsync(db, schedule, now, null, ScheduleTrigger.Retry, schedule.RetryAttempt + 1, requestedBy: null);
        }
    }

    private async Task StartOrOverlapAsync(HomelabDbContext db, Schedule schedule, DateTime now, DateTime due, ScheduleTrigger trigger)
    {
        if (await ScheduleBook.OpenRunAsync(db, schedule.Id) is not { } open)
        {
            schedule.QueuedFor = null;
            await StartAsync(db, schedule, now, due, trigger, attempt: 1, requestedBy: null);
            return;
        }

        if (schedule.OverlapPolicy == OverlapPolicy.Skip)
        {
            await book.SkipAsync(db, schedule, now, due, trigger, "The run before was still going on.");
            return;
        }

        // One waits at the most; the one that is due now is the one that counts.
        schedule.QueuedFor = due;
        await db.SaveChangesAsync();
        if (schedule.OverlapPolicy == OverlapPolicy.CancelOld && open.TaskId is { } task)
        {
            await runs.CancelAsync(task, $"schedule {schedule.Name}", CancellationToken.None);
        }
    }

    private async Task<Result<RunStart>> StartAsync(
        HomelabDbContext db, Schedule schedule, DateTime now, DateTime? due, ScheduleTrigger trigger, int attempt, string? requestedBy)
    {
        var before = (schedule.LastRun, schedule.LastStatus, schedule.RetryAt, schedule.RetryAttempt);
        var row = await ScheduleBook.BeginAsync(db, schedule, now, due, trigger, attempt, requestedBy);
        var retryOf = trigger != ScheduleTrigger.Retry ? null
            : await db.Set<ScheduleRun>().Where(r => r.ScheduleId == schedule.Id && r.Id < row.Id && r.TaskId != null).OrderByDescending(r => r.Id).Select(r => r.TaskId).FirstOrDefaultAsync();
        var started = await runs.StartAsync(ScheduleRules.Request(schedule), Asker(schedule, row), CancellationToken.None, retryOf: retryOf);
        if (started.Succeeded)
        {
            row.TaskId = started.Value.TaskId;
            await book.SaveAsync(db, schedule);
        }
        else if (trigger == ScheduleTrigger.Manual || started.Problem.Code == "OPERATION_OPEN")
        {
            (schedule.LastRun, schedule.LastStatus, schedule.RetryAt, schedule.RetryAttempt) = before;
            await book.TakeBackAsync(db, schedule, row, now);
        }
        else
        {
            await book.EndAsync(db, row, new RunEnding(ScheduleRunStatus.Failed, now, 0, started.Problem.Message, null), now);
        }

        return started;
    }

    /// <summary>What a run's task says of who asked for it.</summary>
    private static string Asker(Schedule schedule, ScheduleRun row) => row.RequestedBy ?? $"schedule {schedule.Name}";

    [LoggerMessage(1701, LogLevel.Error, "The schedules could not take up {What}; they try again in a moment.")]
    private static partial void LogFault(ILogger logger, string what, Exception fault);
}
