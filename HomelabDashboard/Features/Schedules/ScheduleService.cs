using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Schedules;

/// <summary>When an unsaved schedule would be due; at most ten times, fewer when there are no more.</summary>
public sealed record SchedulePreview(IReadOnlyList<DueTime> Times);

/// <summary>How the runs of a schedule went, of the newest <paramref name="Runs"/>.</summary>
/// <param name="Durations">In seconds, of those that went well, oldest first.</param>
public sealed record ScheduleTrend(int Runs, int Succeeded, IReadOnlyList<double> Durations);

/// <summary>The schedules: what pages and endpoints call.</summary>
public sealed class ScheduleService(
    IDbContextFactory<HomelabDbContext> databases, ScheduleRunner runner, PlaybookFolder playbooks, Access access, ActivityLog log, TimeProvider time,
    IOptions<SchedulesOptions> options)
{
    public const int PreviewTimes = 10;
    private const int TrendRuns = 50;

    internal static readonly Func<Schedule, ScheduleRecord> ToRecord = ScheduleRecord.Of.Compile();

    /// <inheritdoc cref="SchedulesOptions.Timezone"/>
    public string DefaultTimezone => options.Value.Timezone;

    /// <summary>Needs schedules:read. All schedules, live.</summary>
    public async Task<LiveStore<string, ScheduleRecord>> LiveAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SchedulesRead);
        await runner.ReadyAsync(cancellationToken);
        return runner.Live;
    }

    /// <summary>Needs schedules:read. The same without waiting: after a start it may take a moment until they are there.</summary>
    public async Task<LiveStore<string, ScheduleRecord>> SoonAsync()
    {
        await access.RequireAsync(Scopes.SchedulesRead);
        return runner.Live;
    }

    /// <summary>Needs schedules:read.</summary>
    public async Task<SchedulesPause> PauseAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SchedulesRead);
        await runner.ReadyAsync(cancellationToken);
        return runner.Pause;
    }

    /// <summary>Needs schedules:read. The same without waiting: after a start it may take a moment until it is known.</summary>
    public async Task<SchedulesPause> PauseNowAsync()
    {
        await access.RequireAsync(Scopes.SchedulesRead);
        return runner.Pause;
    }

    /// <summary>Needs schedules:read.</summary>
    public async Task<Result<ScheduleRecord>> GetAsync(string id, CancellationToken cancellationToken) =>
        (await LiveAsync(cancellationToken)).Get(id) is { } found ? found : Problem.NotFound("schedule");

    /// <summary>Needs schedules:write. <c>VALIDATION_FAILED</c> by field.</summary>
    public async Task<Result<ScheduleRecord>> AddAsync(ScheduleInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SchedulesWrite);
        var now = time.GetUtcNow().UtcDateTime;
        input = input with { Timezone = ZoneOf(input) };
        if (Fault(input, now, now, playbookMayBeGone: false) is { } fault)
        {
            return fault;
        }

        var schedule = new Schedule
        {
            Id = ShortId.New(),
            Name = "",
            Playbook = "",
            Target = "",
            ScheduleType = input.ScheduleType,
            CreatedBy = caller.Username,
            CreatedAt = now,
        };
        Write(input, schedule);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(schedule);
        await db.SaveChangesAsync(CancellationToken.None);
        await runner.ChangedAsync(schedule.Id, CancellationToken.None);
        Tell($"{caller.Username} added the schedule {schedule.Name}.", schedule.Id);
        return await GetAsync(schedule.Id, cancellationToken);
    }

    /// <summary>Needs schedules:write. <c>NOT_FOUND</c>, or <c>VALIDATION_FAILED</c> by field.</summary>
    public async Task<Result<ScheduleRecord>> ChangeAsync(string id, ScheduleInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SchedulesWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<Schedule>().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is not { } schedule)
        {
            return Problem.NotFound("schedule");
        }

        input = input with { Timezone = ZoneOf(input) };

        // One whose playbook is gone can still be switched off.
        var mayBeGone = !input.Enabled && input.Playbook == schedule.Playbook;
        if (Fault(input, schedule.CreatedAt, time.GetUtcNow().UtcDateTime, mayBeGone) is { } fault)
        {
            return fault;
        }

        Write(input, schedule);
        await db.SaveChangesAsync(CancellationToken.None);
        await runner.ChangedAsync(id, CancellationToken.None);
        Tell($"{caller.Username} changed the schedule {schedule.Name}{(schedule.Enabled ? "" : ", which is off")}.", id);
        return await GetAsync(id, cancellationToken);
    }

    /// <summary>Needs schedules:write. Switches a schedule on or off.</summary>
    public async Task<Result<ScheduleRecord>> EnableAsync(string id, bool enabled, CancellationToken cancellationToken)
    {
        var found = await GetAsync(id, cancellationToken);
        return found.Succeeded ? await ChangeAsync(id, ScheduleInput.Of(found.Value) with { Enabled = enabled }, cancellationToken) : found;
    }

    /// <summary>Needs schedules:write. A run that goes on is not ended by it, and its history stays.</summary>
    public async Task<Result> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SchedulesWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var name = runner.Live.Get(id)?.Name;
        var now = time.GetUtcNow().UtcDateTime;
        var deleted = await db.Set<Schedule>().Where(s => s.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.DeletedAt, now).SetProperty(s => s.Enabled, false).SetProperty(s => s.NextRun, (DateTime?)null), CancellationToken.None);
        if (deleted == 0)
        {
            return Problem.NotFound("schedule");
        }

        await runner.ChangedAsync(id, CancellationToken.None);
        Tell($"{caller.Username} deleted the schedule {name ?? id}.", id);
        return Result.Ok;
    }

    /// <summary>Needs schedules:write. Runs it at once, also when it is off or all are paused. <c>OPERATION_OPEN</c> while it runs, and what the run refuses.</summary>
    public async Task<Result<RunStart>> RunAsync(string id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SchedulesWrite);
        return await runner.RunNowAsync(id, caller.Username, cancellationToken);
    }

    /// <summary>Needs schedules:write.</summary>
    public async Task SetPausedAsync(bool paused, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SchedulesWrite);
        await runner.SetPauseAsync(paused ? new(true, caller.Username, time.GetUtcNow().UtcDateTime) : new(false), cancellationToken);
        Tell($"{caller.Username} {(paused ? "paused all schedules" : "let the schedules run again")}.", null);
    }

    private void Tell(string message, string? id) => log.Write(LogEntryLevel.Info, "schedules", message, scheduleId: id);

    /// <summary>Needs schedules:read. Newest first.</summary>
    public async Task<Result<Page<ScheduleRunRecord>>> RunsAsync(string id, ListQuery query, CancellationToken cancellationToken)
    {
        var found = await GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found.Problem;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = db.Set<ScheduleRun>().AsNoTracking().Where(r => r.ScheduleId == id);
        if (long.TryParse(query.After, out var before))
        {
            rows = rows.Where(r => r.Id < before);
        }

        var page = await rows.OrderByDescending(r => r.Id).Take(query.Take + 1).Select(ScheduleRunRecord.Of).ToListAsync(cancellationToken);
        return query.PageOf(page, r => r.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Needs schedules:read.</summary>
    public async Task<ScheduleTrend> TrendAsync(string id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SchedulesRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var ended = await db.Set<ScheduleRun>().AsNoTracking()
            .Where(r => r.ScheduleId == id && (r.Status == ScheduleRunStatus.Success || r.Status == ScheduleRunStatus.Failed || r.Status == ScheduleRunStatus.Timeout))
            .OrderByDescending(r => r.Id).Take(TrendRuns).Select(r => new { r.Status, r.Duration }).ToListAsync(cancellationToken);
        ended.Reverse();
        var well = ended.Where(r => r.Status == ScheduleRunStatus.Success).ToList();
        return new(ended.Count, well.Count, [.. well.Select(r => r.Duration ?? 0)]);
    }

    /// <summary>Needs schedules:read. The next times of a schedule that need not be saved. <c>VALIDATION_FAILED</c> by field.</summary>
    /// <param name="created">When it was made; null: it is new.</param>
    public async Task<Result<SchedulePreview>> PreviewAsync(TimingInput input, DateTime? created, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SchedulesRead);
        var now = time.GetUtcNow().UtcDateTime;
        var faults = ScheduleRules.CheckTiming(input.Trimmed() with { Timezone = ZoneOf(input) }, created ?? now, now, mustCome: true, out var timing);
        return faults.Count > 0
            ? Problem.Invalid(faults.ToDictionary(f => f.Key, f => new[] { f.Value }, StringComparer.Ordinal))
            : new SchedulePreview(timing!.Next(now, PreviewTimes));
    }

    private string ZoneOf(TimingInput input) => TimingInput.Blank(input.Timezone) ?? DefaultTimezone;

    private Problem? Fault(ScheduleInput input, DateTime created, DateTime now, bool playbookMayBeGone)
    {
        var errors = ScheduleRules.Check(input, created, now);
        if (!playbookMayBeGone && !errors.ContainsKey("playbook") && playbooks.Find(input.Playbook) is null)
        {
            errors["playbook"] = ["There is no such playbook."];
        }

        return errors.Count > 0 ? Problem.Invalid(errors) : null;
    }

    private static void Write(ScheduleInput input, Schedule schedule)
    {
        // Its next time is found by the new words, by whoever looks first.
        schedule.NextRun = null;
        var timing = input.Trimmed();
        (schedule.Name, schedule.Description, schedule.Playbook) = (input.Name.Trim(), ScheduleInput.Blank(input.Description), input.Playbook);
        (schedule.TargetType, schedule.Target, schedule.ExtraVars) = (input.TargetType, ScheduleRules.Target(input), ScheduleRules.ExtraVars(input));
        (schedule.ScheduleType, schedule.Timezone, schedule.StartAt, schedule.EndAt) = (input.ScheduleType, timing.Timezone, input.StartAt, input.EndAt);
        schedule.ScheduleTime = input.ScheduleType == ScheduleType.Once ? input.ScheduleTime : null;
        var recurring = input.ScheduleType == ScheduleType.Recurring;
        schedule.RecurrenceType = recurring ? input.RecurrenceType : null;
        schedule.RecurrenceTime = recurring ? timing.RecurrenceTime : null;
        schedule.RecurrenceDays = recurring && input.RecurrenceType != RecurrenceType.Interval ? timing.RecurrenceDays : null;
        schedule.CronExpression = input.ScheduleType == ScheduleType.Cron ? timing.CronExpression : null;
        (schedule.Enabled, schedule.Tags, schedule.RetryOnFailure, schedule.Timeout) = (input.Enabled, ScheduleInput.Blank(input.Tags), input.RetryOnFailure, input.Timeout);
        (schedule.NotificationType, schedule.OverlapPolicy, schedule.MissedPolicy) = (input.NotificationType, input.OverlapPolicy, input.MissedPolicy);
    }
}
