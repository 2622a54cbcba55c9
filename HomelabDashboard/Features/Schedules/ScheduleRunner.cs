using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Settings;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Schedules;

/// <summary>
/// Starts what is due, follows its runs to their end and keeps the tables true, also after a crash: every step is written before
/// it is done. One step is taken at a time. Singleton.
/// </summary>
public sealed partial class ScheduleRunner(
    IDbContextFactory<HomelabDbContext> databases,
    ScheduleClock clock,
    RunService runs,
    LiveStore<string, RunRecord> liveRuns,
    LiveStore<string, ScheduleRecord> live,
    ScheduleNews news,
    IHostApplicationLifetime lifetime,
    IOptions<SchedulesOptions> options,
    TimeProvider time,
    ILogger<ScheduleRunner> logger) : BackgroundService
{
    internal const string PauseSetting = "schedules.pause";

    /// <summary>Of each schedule, the newest.</summary>
    private const int KeptRuns = 1_000;

    /// <summary>Later than this, what was due was missed.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(30);

    /// <summary>The first page comes before the first look at the schedules.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _ready;

    public SchedulesPause Pause { get; private set; } = new(false);

    /// <summary>The schedules, live; they are there from the first call of <see cref="ReadyAsync"/> on.</summary>
    internal LiveStore<string, ScheduleRecord> Live => live;

    /// <summary>Takes up what an earlier run left, the first time that it is called.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => StepAsync((_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>A schedule was made, changed or taken away: it is due by its new words from now on.</summary>
    internal Task<bool> ChangedAsync(string id, CancellationToken cancellationToken) => StepAsync(
        async (db, now) =>
        {
            if (await db.Set<Schedule>().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is { } schedule)
            {
                schedule.NextRun = NextOf(schedule, now);
                if (!schedule.Enabled)
                {
                    (schedule.QueuedFor, schedule.RetryAt, schedule.RetryAttempt) = (null, null, 0);
                }

                await SaveAsync(db, schedule);
            }
            else
            {
                live.Remove(id);
                await clock.SetAsync(id, null, cancellationToken);
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

            return await OpenRunAsync(db, id) is { } open
                ? new Problem("OPERATION_OPEN", "A run of this schedule goes on already.") { OperationId = open.TaskId }
                : await StartAsync(db, schedule, now, null, ScheduleTrigger.Manual, attempt: 1, requestedBy);
        },
        cancellationToken);

    /// <summary>Pauses all schedules, or has them go on. What was due meanwhile is left out.</summary>
    internal Task<bool> SetPauseAsync(SchedulesPause pause, CancellationToken cancellationToken) => StepAsync(
        async (db, now) =>
        {
            var setting = await db.Set<AppSetting>().SingleOrDefaultAsync(s => s.Key == PauseSetting, cancellationToken);
            if (setting is null)
            {
                db.Add(setting = new() { Key = PauseSetting });
            }

            setting.Value = JsonSerializer.Serialize(pause);
            Pause = pause;
            foreach (var schedule in await db.Set<Schedule>().Where(s => s.Enabled).ToListAsync(cancellationToken))
            {
                schedule.NextRun = NextOf(schedule, now);
                await SaveAsync(db, schedule);
            }

            await db.SaveChangesAsync(CancellationToken.None);
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
        clock.Due = id => StepAsync((db, now) => DueAsync(db, id, now), stoppingToken);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        await Task.Delay(AfterStart, time, stoppingToken);
        await foreach (var batch in liveRuns.WatchAsync(stoppingToken))
        {
            try
            {
                await StepAsync(
                    async (db, now) =>
                    {
                        foreach (var (_, run) in batch.Where(change => change.Value is { IsOpen: false }))
                        {
                            await EndAsync(db, run!, now);
                        }

                        return true;
                    },
                    stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, "the runs", fault);
            }
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
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>After a start: ends the rows of runs that are over, and looks at what was due meanwhile.</summary>
    private async Task RecoverAsync(HomelabDbContext db, DateTime now, CancellationToken cancellationToken)
    {
        var setting = await db.Set<AppSetting>().AsNoTracking().SingleOrDefaultAsync(s => s.Key == PauseSetting, cancellationToken);
        Pause = setting?.Value is { } value ? JsonSerializer.Deserialize<SchedulesPause>(value)! : new(false);
        foreach (var row in await db.Set<ScheduleRun>().Where(r => r.Status == ScheduleRunStatus.Running).ToListAsync(cancellationToken))
        {
            var task = row.TaskId is null ? null : await db.Set<AutomationTask>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == row.TaskId, cancellationToken);
            if (task is null)
            {
                await EndAsync(db, row, new RunEnding(ScheduleRunStatus.Failed, now, 0, RunRows.Interrupted, null), now);
            }
            else if (RunRows.ToRecord(task) is { IsOpen: false } run)
            {
                await EndAsync(db, row, RunEnding.Of(run, now), now);
            }
        }

        foreach (var schedule in await db.Set<Schedule>().ToListAsync(cancellationToken))
        {
            if (schedule.Enabled && !Pause.Paused)
            {
                await LookAsync(db, schedule, now);
            }

            await SaveAsync(db, schedule);
        }
    }

    private async Task<bool> DueAsync(HomelabDbContext db, string id, DateTime now)
    {
        if (!Pause.Paused && await db.Set<Schedule>().SingleOrDefaultAsync(s => s.Id == id) is { Enabled: true } schedule)
        {
            await LookAsync(db, schedule, now);
            await SaveAsync(db, schedule);
        }

        return true;
    }

    /// <summary>Does what is due of a schedule by now.</summary>
    private async Task LookAsync(HomelabDbContext db, Schedule schedule, DateTime now)
    {
        schedule.NextRun ??= NextOf(schedule, now);
        if (schedule.NextRun is { } due && due <= now)
        {
            schedule.NextRun = NextOf(schedule, now);
            var missed = now - due > Late;
            if (missed && schedule.MissedPolicy == MissedPolicy.Skip)
            {
                await SkipAsync(db, schedule, now, due, ScheduleTrigger.Missed, "The dashboard did not run at that time.");
            }
            else
            {
                await StartOrOverlapAsync(db, schedule, now, due, missed ? ScheduleTrigger.Missed : ScheduleTrigger.Schedule);
            }
        }
        else if (schedule.QueuedFor is { } queued && await OpenRunAsync(db, schedule.Id) is null)
        {
            schedule.QueuedFor = null;
            await StartOrOverlapAsync(db, schedule, now, queued, ScheduleTrigger.Schedule);
        }
        else if (schedule.RetryAt <= now && await OpenRunAsync(db, schedule.Id) is null)
        {
            await StartAsync(db, schedule, now, null, ScheduleTrigger.Retry, schedule.RetryAttempt + 1, requestedBy: null);
        }
    }

    private async Task StartOrOverlapAsync(HomelabDbContext db, Schedule schedule, DateTime now, DateTime due, ScheduleTrigger trigger)
    {
        if (await OpenRunAsync(db, schedule.Id) is not { } open)
        {
            await StartAsync(db, schedule, now, due, trigger, attempt: 1, requestedBy: null);
            return;
        }

        if (schedule.OverlapPolicy == OverlapPolicy.Skip)
        {
            await SkipAsync(db, schedule, now, due, trigger, "The run before was still going on.");
            return;
        }

        // One waits at the most; the one that is due now is the one that counts.
        schedule.QueuedFor = due;
        await db.SaveChangesAsync();
        if (schedule.OverlapPolicy == OverlapPolicy.CancelOld && open.TaskId is { } task)
        {
            await runs.CancelAsync(task, CancellationToken.None);
        }
    }

    private async Task<Result<RunStart>> StartAsync(
        HomelabDbContext db, Schedule schedule, DateTime now, DateTime? due, ScheduleTrigger trigger, int attempt, string? requestedBy)
    {
        var row = new ScheduleRun
        {
            ScheduleId = schedule.Id,
            Status = ScheduleRunStatus.Running,
            StartedAt = now,
            TriggerType = trigger,
            ScheduledFor = due,
            Attempt = attempt,
            RequestedBy = requestedBy,
        };
        db.Add(row);
        var before = (schedule.LastRun, schedule.LastStatus);
        (schedule.RetryAt, schedule.RetryAttempt) = (null, 0);
        (schedule.LastRun, schedule.LastStatus) = (now, ScheduleStatus.Running);
        schedule.RunCount = (schedule.RunCount ?? 0) + 1;
        await SaveAsync(db, schedule);

        var request = ScheduleRules.Request(schedule.Playbook, schedule.TargetType ?? TargetType.Group, schedule.Target, schedule.ExtraVars, schedule.Timeout ?? 3600);
        var started = await runs.StartAsync(request, requestedBy ?? $"schedule {schedule.Name}", CancellationToken.None);
        if (started.Succeeded)
        {
            row.TaskId = started.Value.TaskId;
            await db.SaveChangesAsync();
        }
        else if (started.Problem.Code == "OPERATION_OPEN" && trigger != ScheduleTrigger.Manual)
        {
            (schedule.LastRun, schedule.LastStatus) = before;
            await TakeBackAsync(db, schedule, row, now);
        }
        else
        {
            await EndAsync(db, row, new RunEnding(ScheduleRunStatus.Failed, now, 0, started.Problem.Message, null), now);
        }

        return started;
    }

    /// <summary>Somebody else runs the same playbook on the same hosts at this moment.</summary>
    private async Task TakeBackAsync(HomelabDbContext db, Schedule schedule, ScheduleRun row, DateTime now)
    {
        schedule.RunCount--;
        (row.Status, row.CompletedAt, row.Duration) = (ScheduleRunStatus.Skipped, now, 0);
        row.ErrorMessage = "The same playbook was running on the same hosts.";
        if (schedule.OverlapPolicy == OverlapPolicy.Skip)
        {
            schedule.LastStatus = ScheduleStatus.Skipped;
        }
        else
        {
            schedule.QueuedFor = row.ScheduledFor ?? now;
            db.Remove(row);
        }

        await SaveAsync(db, schedule);
    }

    private async Task SkipAsync(HomelabDbContext db, Schedule schedule, DateTime now, DateTime due, ScheduleTrigger trigger, string why)
    {
        db.Add(new ScheduleRun
        {
            ScheduleId = schedule.Id,
            Status = ScheduleRunStatus.Skipped,
            StartedAt = now,
            CompletedAt = now,
            Duration = 0,
            TriggerType = trigger,
            ScheduledFor = due,
            ErrorMessage = why,
        });
        if (schedule.LastStatus != ScheduleStatus.Running)
        {
            schedule.LastStatus = ScheduleStatus.Skipped;
        }

        await SaveAsync(db, schedule);
    }

    private async Task EndAsync(HomelabDbContext db, RunRecord run, DateTime now)
    {
        if (await db.Set<ScheduleRun>().SingleOrDefaultAsync(r => r.TaskId == run.Id && r.Status == ScheduleRunStatus.Running) is { } row)
        {
            await EndAsync(db, row, RunEnding.Of(run, now), now);
        }

        // What waits, for this one or for another on the same hosts.
        foreach (var waiting in Pause.Paused ? [] : await db.Set<Schedule>().Where(s => s.QueuedFor != null && s.Enabled).ToListAsync())
        {
            await LookAsync(db, waiting, now);
            await SaveAsync(db, waiting);
        }
    }

    private async Task EndAsync(HomelabDbContext db, ScheduleRun row, RunEnding end, DateTime now)
    {
        (row.Status, row.CompletedAt, row.HostsImpacted, row.ErrorMessage, row.Output) = (end.Status, end.At, end.Hosts, end.Error, end.Output);
        row.Duration = Math.Max(0, (end.At - row.StartedAt).TotalSeconds);
        if (await db.Set<Schedule>().IgnoreQueryFilters().SingleAsync(s => s.Id == row.ScheduleId) is not { } schedule)
        {
            return;
        }

        schedule.LastStatus = Enum.Parse<ScheduleStatus>(end.Status.ToString());
        var failed = end.Status is ScheduleRunStatus.Failed or ScheduleRunStatus.Timeout;
        schedule.SuccessCount = (schedule.SuccessCount ?? 0) + (end.Status == ScheduleRunStatus.Success ? 1 : 0);
        schedule.FailureCount = (schedule.FailureCount ?? 0) + (failed ? 1 : 0);
        var again = failed && row.Attempt <= (schedule.RetryOnFailure ?? 0) && schedule is { Enabled: true, DeletedAt: null, QueuedFor: null };
        if (again)
        {
            (schedule.RetryAt, schedule.RetryAttempt) = (now + RetryDelay(row.Attempt), row.Attempt);
        }
        else
        {
            news.Add(db, schedule, row);
        }

        await SaveAsync(db, schedule);
        var oldest = await db.Set<ScheduleRun>().Where(r => r.ScheduleId == row.ScheduleId).OrderByDescending(r => r.Id).Skip(KeptRuns).Select(r => r.Id).FirstOrDefaultAsync();
        await db.Set<ScheduleRun>().Where(r => r.ScheduleId == row.ScheduleId && r.Id <= oldest).ExecuteDeleteAsync();
    }

    private TimeSpan RetryDelay(int attempt) => TimeSpan.FromSeconds(Math.Min(LongestRetry.TotalSeconds, options.Value.FirstRetrySeconds * Math.Pow(2, attempt - 1)));

    private static Task<ScheduleRun?> OpenRunAsync(HomelabDbContext db, string id) =>
        db.Set<ScheduleRun>().AsNoTracking().FirstOrDefaultAsync(r => r.ScheduleId == id && r.Status == ScheduleRunStatus.Running);

    private static DateTime? NextOf(Schedule schedule, DateTime now) =>
        schedule.Enabled && ScheduleTiming.Read(ScheduleService.ToRecord(schedule).Timing, schedule.CreatedAt, out _) is { } timing ? timing.Next(now)?.At : null;

    /// <summary>Writes a schedule, shows it, and has it called when it is due next.</summary>
    private async Task SaveAsync(HomelabDbContext db, Schedule schedule)
    {
        await db.SaveChangesAsync(CancellationToken.None);
        if (schedule.DeletedAt is not null)
        {
            return;
        }

        live.Set(schedule.Id, ScheduleService.ToRecord(schedule));
        var at = schedule.RetryAt < schedule.NextRun || schedule.NextRun is null ? schedule.RetryAt ?? schedule.NextRun : schedule.NextRun;
        await clock.SetAsync(schedule.Id, Pause.Paused || !schedule.Enabled ? null : at, CancellationToken.None);
    }

    [LoggerMessage(1701, LogLevel.Error, "The schedules could not take up {What}.")]
    private static partial void LogFault(ILogger logger, string what, Exception fault);
}
