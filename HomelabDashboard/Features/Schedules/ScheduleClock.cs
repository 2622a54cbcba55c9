using Quartz;

namespace HomelabDashboard.Features.Schedules;

/// <summary>
/// Calls when a schedule is due: Quartz, in this process and in memory alone, since the table <c>schedules</c> is the truth.
/// It is not there before the first schedule needs it. Singleton.
/// </summary>
public sealed class ScheduleClock(TimeProvider time) : IAsyncDisposable
{
    private static readonly JobKey Job = new("schedules");

    private readonly SemaphoreSlim _gate = new(1, 1);
    private IScheduler? _scheduler;
    private bool _stopped;

    /// <summary>What is called with the schedule's id, on no particular thread; set once, before anything is due.</summary>
    internal Func<string, Task>? Due { get; set; }

    /// <summary>Calls for the schedule at this time (UTC; one that has passed: at once), in place of any before.</summary>
    /// <param name="at">Null: never.</param>
    public async Task SetAsync(string scheduleId, DateTime? at, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_stopped)
            {
                return;
            }

            if (at is { } due)
            {
                _scheduler ??= await StartAsync(cancellationToken);
                var trigger = TriggerBuilder.Create(time).WithIdentity(scheduleId).ForJob(Job).StartAt(new DateTimeOffset(due, TimeSpan.Zero)).Build();
                await _scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
            }
            else if (_scheduler is not null)
            {
                await _scheduler.UnscheduleJob(new TriggerKey(scheduleId), cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Calls for nothing any more, and waits for the calls that go on.</summary>
    public async Task StopAsync()
    {
        await _gate.WaitAsync();
        var scheduler = _scheduler;
        (_stopped, _scheduler) = (true, null);
        _gate.Release();
        if (scheduler is not null)
        {
            await scheduler.Shutdown(waitForJobsToComplete: true);
        }
    }

    /// <summary>The gate holds nothing of the system's, and the one who stops the clock may come after its end.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<IScheduler> StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await QuartzSchedulerBuilder
            .Create(quartz =>
            {
                quartz.UseInMemoryStore();
                quartz.UseTimeProvider(time);
                quartz.Services.AddSingleton(this);
            })
            .BuildScheduler(cancellationToken);
        await scheduler.AddJob(JobBuilder.Create<DueJob>().WithIdentity(Job).StoreDurably().Build(), cancellationToken: cancellationToken);
        await scheduler.Start(cancellationToken);
        return scheduler;
    }

    private sealed class DueJob(ScheduleClock clock) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            if (clock.Due is { } due)
            {
                await due(context.Trigger.Key.Name);
            }
        }
    }
}
