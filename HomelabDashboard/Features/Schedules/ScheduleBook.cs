using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Settings;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Schedules;

/// <summary>
/// The rows of schedules and their runs, with what is shown of them and when they are called: all three change together, here.
/// One call at a time, by <see cref="ScheduleRunner"/>. Singleton.
/// </summary>
public sealed class ScheduleBook(
    LiveStore<string, ScheduleRecord> live, ScheduleClock clock, ScheduleNews news, IOptions<SchedulesOptions> options, TimeProvider time)
{
    internal const string PauseSetting = "schedules.pause";

    /// <summary>Of each schedule, the newest.</summary>
    private const int KeptRuns = 1_000;

    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(30);

    /// <summary>How often one that waits looks whether it may run: not all that it waits for tells of its end.</summary>
    private static readonly TimeSpan LookWhileQueued = TimeSpan.FromSeconds(10);

    public SchedulesPause Pause { get; private set; } = new(false);

    internal LiveStore<string, ScheduleRecord> Live => live;

    /// <summary>When a schedule is due next; null: never, or it is off.</summary>
    internal static DateTime? NextOf(Schedule schedule, DateTime now) =>
        schedule.Enabled && ScheduleTiming.Read(ScheduleService.ToRecord(schedule).Timing, schedule.CreatedAt, out _) is { } timing ? timing.Next(now)?.At : null;

    /// <summary>The run of a schedule that goes on.</summary>
    internal static Task<ScheduleRun?> OpenRunAsync(HomelabDbContext db, string id) =>
        db.Set<ScheduleRun>().AsNoTracking().FirstOrDefaultAsync(r => r.ScheduleId == id && r.Status == ScheduleRunStatus.Running);

    internal async Task ReadPauseAsync(HomelabDbContext db, CancellationToken cancellationToken)
    {
        var setting = await db.Set<AppSetting>().AsNoTracking().SingleOrDefaultAsync(s => s.Key == PauseSetting, cancellationToken);
        Pause = setting?.Value is { } value ? JsonSerializer.Deserialize<SchedulesPause>(value)! : new(false);
    }

    internal async Task WritePauseAsync(HomelabDbContext db, SchedulesPause pause)
    {
        var setting = await db.Set<AppSetting>().SingleOrDefaultAsync(s => s.Key == PauseSetting);
        if (setting is null)
        {
            db.Add(setting = new() { Key = PauseSetting });
        }

        setting.Value = JsonSerializer.Serialize(pause);
        await db.SaveChangesAsync();
        Pause = pause;
    }

    /// <summary>Writes a schedule, shows it, and has it called when it is due next.</summary>
    internal async Task SaveAsync(HomelabDbContext db, Schedule schedule)
    {
        await db.SaveChangesAsync(CancellationToken.None);
        if (schedule.DeletedAt is not null)
        {
            return;
        }

        live.Set(schedule.Id, ScheduleService.ToRecord(schedule));
        DateTime? look = schedule.QueuedFor is null ? null : time.GetUtcNow().UtcDateTime + LookWhileQueued;
        DateTime?[] times = [schedule.NextRun, schedule.RetryAt, look];
        await clock.SetAsync(schedule.Id, schedule.Enabled ? times.Min() : null, CancellationToken.None);
    }

    /// <summary>A schedule is there no more.</summary>
    internal Task ForgetAsync(string id)
    {
        live.Remove(id);
        return clock.SetAsync(id, null, CancellationToken.None);
    }

    /// <summary>Notes that a run begins, before it does; it is shown by <see cref="SaveAsync"/>.</summary>
    internal static async Task<ScheduleRun> BeginAsync(
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
        (schedule.RetryAt, schedule.RetryAttempt) = (null, 0);
        (schedule.LastRun, schedule.LastStatus) = (now, ScheduleStatus.Running);
        schedule.RunCount = (schedule.RunCount ?? 0) + 1;
        await db.SaveChangesAsync(CancellationToken.None);
        return row;
    }

    /// <summary>A run that was noted did not begin: somebody else runs the same playbook on the same hosts, or whoever asked was refused.</summary>
    internal async Task TakeBackAsync(HomelabDbContext db, Schedule schedule, ScheduleRun row, DateTime now)
    {
        schedule.RunCount--;
        if (row.TriggerType is ScheduleTrigger.Schedule or ScheduleTrigger.Missed && schedule.OverlapPolicy == OverlapPolicy.Skip)
        {
            (row.Status, row.CompletedAt, row.Duration) = (ScheduleRunStatus.Skipped, now, 0);
            row.ErrorMessage = "The same playbook was running on the same hosts.";
            schedule.LastStatus = ScheduleStatus.Skipped;
        }
        else
        {
            db.Remove(row);
            if (row.TriggerType == ScheduleTrigger.Retry)
            {
                schedule.RetryAt = now + RetryDelay(schedule.RetryAttempt);
            }
            else if (row.TriggerType != ScheduleTrigger.Manual)
            {
                schedule.QueuedFor = row.ScheduledFor ?? now;
            }
        }

        await SaveAsync(db, schedule);
    }

    internal async Task SkipAsync(HomelabDbContext db, Schedule schedule, DateTime now, DateTime due, ScheduleTrigger trigger, string why)
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

    /// <summary>Notes how a run ended. One that failed is tried again where that is wanted and nothing else comes first; any other is told of.</summary>
    internal async Task EndAsync(HomelabDbContext db, ScheduleRun row, RunEnding end, DateTime now)
    {
        (row.Status, row.CompletedAt, row.HostsImpacted, row.ErrorMessage, row.Output) = (end.Status, end.At, end.Hosts, end.Error, end.Output);
        row.Duration = Math.Max(0, (end.At - row.StartedAt).TotalSeconds);
        var schedule = await db.Set<Schedule>().IgnoreQueryFilters().SingleAsync(s => s.Id == row.ScheduleId);
        schedule.LastStatus = Enum.Parse<ScheduleStatus>(end.Status.ToString());
        var failed = end.Status is ScheduleRunStatus.Failed or ScheduleRunStatus.Timeout;
        schedule.SuccessCount = (schedule.SuccessCount ?? 0) + (end.Status == ScheduleRunStatus.Success ? 1 : 0);
        schedule.FailureCount = (schedule.FailureCount ?? 0) + (failed ? 1 : 0);
        var retryAt = now + RetryDelay(row.Attempt);
        var again = failed && row.Attempt <= (schedule.RetryOnFailure ?? 0) && !Pause.Paused && schedule is { Enabled: true, DeletedAt: null, QueuedFor: null }
            && !(schedule.NextRun > now && schedule.NextRun <= retryAt);
        news.Log(schedule, row);
        if (again)
        {
            (schedule.RetryAt, schedule.RetryAttempt) = (retryAt, row.Attempt);
        }
        else
        {
            ScheduleNews.Tell(db, schedule, row);
        }

        await SaveAsync(db, schedule);
        var oldest = await db.Set<ScheduleRun>().Where(r => r.ScheduleId == row.ScheduleId).OrderByDescending(r => r.Id).Skip(KeptRuns).Select(r => r.Id).FirstOrDefaultAsync();
        await db.Set<ScheduleRun>().Where(r => r.ScheduleId == row.ScheduleId && r.Id <= oldest).ExecuteDeleteAsync();
    }

    /// <summary>Nothing waits any more: neither for a run to end, nor to be tried again. <see cref="SaveAsync"/> writes it.</summary>
    internal async Task LeaveOutAsync(HomelabDbContext db, Schedule schedule, DateTime now, string why)
    {
        await GiveUpRetryAsync(db, schedule);
        if (schedule.QueuedFor is { } queued)
        {
            schedule.QueuedFor = null;
            await SkipAsync(db, schedule, now, queued, ScheduleTrigger.Schedule, why);
        }
    }

    /// <summary>A run that failed is not tried again after all, so that it is told of now. <see cref="SaveAsync"/> writes it.</summary>
    private static async Task GiveUpRetryAsync(HomelabDbContext db, Schedule schedule)
    {
        if (schedule.RetryAt is null)
        {
            return;
        }

        (schedule.RetryAt, schedule.RetryAttempt) = (null, 0);
        if (await db.Set<ScheduleRun>().AsNoTracking().Where(r => r.ScheduleId == schedule.Id && (r.Status == ScheduleRunStatus.Failed || r.Status == ScheduleRunStatus.Timeout))
                .OrderByDescending(r => r.Id).FirstOrDefaultAsync() is { } failed)
        {
            ScheduleNews.Tell(db, schedule, failed);
        }
    }

    private TimeSpan RetryDelay(int attempt) => TimeSpan.FromSeconds(Math.Min(LongestRetry.TotalSeconds, options.Value.FirstRetrySeconds * Math.Pow(2, attempt - 1)));
}
