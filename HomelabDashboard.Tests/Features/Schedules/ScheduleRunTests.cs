using System.Net;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Schedules;

/// <summary>Schedules that run real playbooks on a real host.</summary>
public sealed class ScheduleRunTests : IAsyncLifetime
{
    private ScheduleLab _lab = null!;

    public async Task InitializeAsync() => _lab = await ScheduleLab.StartAsync();

    public Task DisposeAsync() => _lab.DisposeAsync().AsTask();

    [Fact]
    public async Task What_is_due_runs_and_its_books_are_true()
    {
        var id = await _lab.AddAsync(Once("quick.yml", inSeconds: 2));
        var run = Assert.Single(await _lab.UntilRunsAsync(id, "success schedule"));
        var task = await _lab.GetAsync("tasks/" + run.GetProperty("task_id").GetString());
        Assert.Equal(("completed", "quick.yml"), (Text(task, "status"), Text(task, "playbook")));
        Assert.Equal(1, run.GetProperty("hosts_impacted").GetInt32());
        Assert.InRange(run.GetProperty("duration").GetDouble(), 0.1, 60);
        var schedule = await _lab.GetAsync("schedules/" + id);
        Assert.Equal(("success", 1, 1, 0), (Text(schedule, "last_status"), Count(schedule, "run_count"), Count(schedule, "success_count"), Count(schedule, "failure_count")));
        Assert.Equal(JsonValueKind.Null, schedule.GetProperty("next_run").ValueKind);
        Assert.Equal(run.GetProperty("started_at").GetDateTime(), schedule.GetProperty("last_run").GetDateTime());
        Assert.Equal([AlertLevel.Success], await AlertsAsync());
    }

    [Fact]
    public async Task While_it_runs_the_next_is_left_out_where_that_is_wanted()
    {
        var id = await _lab.AddAsync(Once("slow.yml", inSeconds: 2));
        await _lab.PostAsync($"schedules/{id}/run");
        var (status, answer) = await _lab.TryAsync(HttpMethod.Post, $"schedules/{id}/run");
        Assert.Equal((HttpStatusCode.Conflict, "OPERATION_OPEN"), (status, Text(answer, "code")));
        await _lab.UntilRunsAsync(id, "running manual", "skipped schedule");
        _lab.Release();
        await _lab.UntilRunsAsync(id, "success manual", "skipped schedule");
        Assert.Equal(1, Count(await _lab.GetAsync("schedules/" + id), "run_count"));
    }

    [Fact]
    public async Task While_it_runs_the_next_waits_where_that_is_wanted()
    {
        var id = await _lab.AddAsync(Once("slow.yml", inSeconds: 2, overlap: "queue"));
        await _lab.PostAsync($"schedules/{id}/run");
        await Until.TrueAsync(async () => (await _lab.GetAsync("schedules/" + id)).GetProperty("queued_for").ValueKind == JsonValueKind.String, "the second waits");
        _lab.Release();
        var runs = await _lab.UntilRunsAsync(id, "success manual", "success schedule");
        Assert.True(runs[0].GetProperty("completed_at").GetDateTime() <= runs[1].GetProperty("started_at").GetDateTime());
        Assert.Equal(JsonValueKind.Null, (await _lab.GetAsync("schedules/" + id)).GetProperty("queued_for").ValueKind);
    }

    [Fact]
    public async Task While_it_runs_the_next_ends_it_where_that_is_wanted()
    {
        var id = await _lab.AddAsync(Once("slow.yml", inSeconds: 2, overlap: "cancel_old"));
        await _lab.PostAsync($"schedules/{id}/run");
        await Until.TrueAsync(async () => Text((await _lab.RunsAsync(id))[0], "status") == "cancelled", "the first is ended");
        _lab.Release();
        await _lab.UntilRunsAsync(id, "cancelled manual", "success schedule");
    }

    [Fact]
    public async Task What_fails_is_tried_again_as_often_as_is_said_and_told_of_once()
    {
        var id = await _lab.AddAsync(new { name = "Broken", playbook = "broken.yml", target_type = "all", schedule_type = "recurring", recurrence_type = "daily", recurrence_time = "03:00", retry_on_failure = 2, notification_type = "errors" });
        await _lab.PostAsync($"schedules/{id}/run");
        var runs = await _lab.UntilRunsAsync(id, "failed manual", "failed retry", "failed retry");
        Assert.Equal([1, 2, 3], runs.Select(r => r.GetProperty("attempt").GetInt32()));
        var schedule = await _lab.GetAsync("schedules/" + id);
        Assert.Equal((3, 0, 3, JsonValueKind.Null), (Count(schedule, "run_count"), Count(schedule, "success_count"), Count(schedule, "failure_count"), schedule.GetProperty("retry_at").ValueKind));

        // It will run again, so that it is trouble that goes on until a run goes well, and no news.
        Assert.Empty(await AlertsAsync());
        await TroubleAsync("Broken failed");
        List<string> logged = [];
        await Until.TrueAsync(async () => (logged = [.. (await LogAsync(id)).Where(m => m.StartsWith("Broken:", StringComparison.Ordinal))]).Count == 3, "each try is in the activity log");
        Assert.Equal(["Broken: broken.yml failed (attempt 1 of 3).", "Broken: broken.yml failed (attempt 2 of 3).", "Broken: broken.yml failed (attempt 3 of 3)."], logged.Select(m => m[..(m.IndexOf(')', StringComparison.Ordinal) + 2)]));
    }

    [Fact]
    public async Task One_that_takes_too_long_is_ended()
    {
        var id = await _lab.AddAsync(new { name = "Slow", playbook = "slow.yml", target_type = "all", schedule_type = "cron", cron_expression = "0 3 * * *", timeout = 2, notification_type = "none" });
        await _lab.PostAsync($"schedules/{id}/run");
        await _lab.UntilRunsAsync(id, "timeout manual");
        Assert.Empty(await AlertsAsync());
    }

    [Theory]
    [InlineData("run_once", "success missed", false)]
    [InlineData("skip", "skipped missed", false)]
    [InlineData("run_once", "skipped missed", true)]
    public async Task What_was_due_while_the_dashboard_was_away_runs_once_or_is_left_out(string policy, string run, bool hasEnded)
    {
        var id = await _lab.AddAsync(new { name = "Often", playbook = "quick.yml", target_type = "all", schedule_type = "recurring", recurrence_type = "interval", recurrence_time = "1h", missed_policy = policy });
        await _lab.RestartAsync(() => SqlAsync($"UPDATE schedules SET created_at = datetime('now', '-90 hours', '-30 minutes'), next_run = datetime('now', '-80 hours', '-30 minutes'), end_at = {(hasEnded ? "datetime('now', '-1 hours')" : "NULL")} WHERE id = '{id}'"));
        var only = Assert.Single(await _lab.UntilRunsAsync(id, run));
        Assert.InRange(only.GetProperty("scheduled_for").GetDateTime(), Now.AddHours(-81), Now.AddHours(-80));
        var next = (await _lab.GetAsync("schedules/" + id)).GetProperty("next_run");
        if (hasEnded)
        {
            Assert.Equal(JsonValueKind.Null, next.ValueKind);
        }
        else
        {
            Assert.InRange(next.GetDateTime(), Now, Now.AddHours(1));
        }
    }

    [Fact]
    public async Task While_all_are_paused_nothing_runs_and_afterwards_nothing_is_made_up_for()
    {
        var id = await _lab.AddAsync(Once("quick.yml", inSeconds: 2));
        Assert.True((await _lab.PostAsync("schedules/pause")).GetProperty("paused").GetBoolean());
        await Until.TrueAsync(async () => (await _lab.GetAsync("schedules/" + id)).GetProperty("next_run").ValueKind == JsonValueKind.Null, "it was due, and is so no more");
        var night = await _lab.AddAsync(Daily("quick.yml"));
        await _lab.RestartAsync(() => SqlAsync($"UPDATE schedules SET next_run = datetime('now', '-1 days'), queued_for = datetime('now', '-1 days') WHERE id = '{night}'"));
        Assert.Empty(await _lab.RunsAsync(id));
        await _lab.UntilRunsAsync(night, "skipped schedule");
        Assert.InRange((await _lab.GetAsync("schedules/" + night)).GetProperty("next_run").GetDateTime(), Now, Now.AddDays(1).AddHours(1));
        Assert.False((await _lab.PostAsync("schedules/resume")).GetProperty("paused").GetBoolean());
        var daily = await _lab.AddAsync(Once("quick.yml", inSeconds: 2));
        await _lab.UntilRunsAsync(daily, "success schedule");
        Assert.Empty(await _lab.RunsAsync(id));
    }

    [Fact]
    public async Task What_waits_when_all_are_paused_or_when_it_is_switched_off_is_left_out_and_said_to_be()
    {
        var paused = await _lab.AddAsync(Daily("slow.yml", overlap: "queue"));
        await _lab.PostAsync($"schedules/{paused}/run");
        await SetAsync(paused, "queued_for = datetime('now')");
        var off = await _lab.AddAsync(Daily("quick.yml", overlap: "queue"));
        await SetAsync(off, "queued_for = datetime('now')");
        await _lab.TryAsync(HttpMethod.Patch, $"schedules/{off}", new { enabled = false });
        Assert.Equal("It was switched off while it waited.", Text(Assert.Single(await _lab.UntilRunsAsync(off, "skipped schedule")), "error_message"));
        await _lab.PostAsync("schedules/pause");
        _lab.Release();
        var runs = await _lab.UntilRunsAsync(paused, "success manual", "skipped schedule");
        Assert.Equal("All schedules were paused while it waited.", Text(runs[1], "error_message"));
        await _lab.PostAsync("schedules/resume");
        await _lab.UntilRunsAsync(await _lab.AddAsync(Once("quick.yml", inSeconds: 1)), "success schedule");
        Assert.Equal((2, 1), ((await _lab.RunsAsync(paused)).Count, (await _lab.RunsAsync(off)).Count));
        Assert.Equal(JsonValueKind.Null, (await _lab.GetAsync("schedules/" + paused)).GetProperty("queued_for").ValueKind);
    }

    [Fact]
    public async Task A_run_that_is_refused_is_in_no_book()
    {
        var id = await _lab.AddAsync(Daily("slow.yml", retries: 2));
        await _lab.PostAsync("playbooks/slow.yml/run", new { target = "all" });
        var (status, answer) = await _lab.TryAsync(HttpMethod.Post, $"schedules/{id}/run");
        Assert.Equal((HttpStatusCode.Conflict, "OPERATION_OPEN"), (status, Text(answer, "code")));
        Assert.Empty(await _lab.RunsAsync(id));
        var schedule = await _lab.GetAsync("schedules/" + id);
        Assert.Equal(("never", 0, 0), (Text(schedule, "last_status"), Count(schedule, "run_count"), Count(schedule, "failure_count")));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (schedule.GetProperty("last_run").ValueKind, schedule.GetProperty("retry_at").ValueKind));
        Assert.Empty(await AlertsAsync());
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("queue")]
    public async Task A_retry_waits_for_the_same_playbook_and_keeps_its_count(string overlap)
    {
        var id = await _lab.AddAsync(Daily("slow.yml", retries: 3, overlap));
        await _lab.PostAsync("playbooks/slow.yml/run", new { target = "all" });
        await HasFailedAsync(id, attempts: 2);
        var retry = await RetryAtAsync();
        await Until.TrueAsync(async () => await RetryAtAsync() > retry, "it was to be tried again, and is put off");
        _lab.Release();
        var run = Assert.Single(await _lab.UntilRunsAsync(id, "success retry"));
        Assert.Equal(3, run.GetProperty("attempt").GetInt32());

        async Task<DateTime?> RetryAtAsync() => (await _lab.GetAsync("schedules/" + id)).GetProperty("retry_at") is { ValueKind: JsonValueKind.String } at ? at.GetDateTime() : null;
    }

    [Fact]
    public async Task A_failure_is_told_of_when_the_next_run_comes_before_the_retry()
    {
        var id = await _lab.AddAsync(new { name = "Broken", playbook = "broken.yml", target_type = "all", schedule_type = "recurring", recurrence_type = "interval", recurrence_time = "1m", retry_on_failure = 10, notification_type = "errors" });
        await HasFailedAsync(id, attempts: 7);
        await _lab.UntilRunsAsync(id, "failed retry");
        await TroubleAsync("Broken failed");
        Assert.Equal(JsonValueKind.Null, (await _lab.GetAsync("schedules/" + id)).GetProperty("retry_at").ValueKind);
    }

    [Fact]
    public async Task A_failure_is_told_of_when_it_is_not_to_be_tried_again_any_more()
    {
        _lab.Write("slow-broken.yml", ScheduleLab.Play($"shell: {_lab.Held}; exit 1"));
        var off = await _lab.AddAsync(Daily("broken.yml", retries: 10));
        await HasFailedAsync(off, attempts: 7);
        await _lab.UntilRunsAsync(off, "failed retry");
        Assert.Empty(await AlertsAsync());
        await _lab.TryAsync(HttpMethod.Patch, $"schedules/{off}", new { enabled = false });
        Assert.Equal([AlertLevel.Error], await AlertsAsync());

        var paused = await _lab.AddAsync(Daily("slow-broken.yml", retries: 2));
        var waiting = await _lab.AddAsync(Daily("broken.yml", retries: 10));
        await HasFailedAsync(waiting, attempts: 7);
        await _lab.UntilRunsAsync(waiting, "failed retry");
        await _lab.PostAsync($"schedules/{paused}/run");
        await _lab.PostAsync("schedules/pause");
        _lab.Release();
        await _lab.UntilRunsAsync(paused, "failed manual");
        await TroubleAsync("slow-broken.yml failed");
        await TroubleAsync("broken.yml failed");
        Assert.Equal([AlertLevel.Error], await AlertsAsync());
        foreach (var id in new[] { off, paused, waiting })
        {
            Assert.Equal(JsonValueKind.Null, (await _lab.GetAsync("schedules/" + id)).GetProperty("retry_at").ValueKind);
        }
    }

    [Fact]
    public async Task One_that_waits_runs_though_nothing_tells_that_it_may()
    {
        var id = await _lab.AddAsync(Daily("quick.yml", overlap: "queue"));
        await SetAsync(id, "queued_for = datetime('now')");
        await _lab.UntilRunsAsync(id, "success schedule");
    }

    [Fact]
    public async Task What_a_fault_of_the_database_kept_from_running_runs_afterwards()
    {
        await SqlAsync("CREATE TRIGGER fault BEFORE INSERT ON schedule_runs BEGIN SELECT RAISE(ABORT, 'out of order'); END");
        var id = await _lab.AddAsync(Once("quick.yml", inSeconds: 1));
        await FaultAsync();
        await SqlAsync("DROP TRIGGER fault");
        await _lab.UntilRunsAsync(id, "success schedule");
    }

    [Fact]
    public async Task An_end_that_a_fault_of_the_database_kept_from_being_written_is_written_afterwards()
    {
        await SqlAsync("CREATE TRIGGER fault BEFORE UPDATE ON schedule_runs WHEN NEW.status <> 'running' BEGIN SELECT RAISE(ABORT, 'out of order'); END");
        var id = await _lab.AddAsync(Daily("quick.yml"));
        await _lab.PostAsync($"schedules/{id}/run");
        await FaultAsync();
        await SqlAsync("DROP TRIGGER fault");
        await _lab.UntilRunsAsync(id, "success manual");
        Assert.Equal((1, 1), (Count(await _lab.GetAsync("schedules/" + id), "run_count"), Count(await _lab.GetAsync("schedules/" + id), "success_count")));
    }

    [Fact]
    public async Task A_crash_before_the_task_was_noted_does_not_lose_it()
    {
        var id = await _lab.AddAsync(Daily("quick.yml", retries: 1));
        await _lab.PostAsync($"schedules/{id}/run");
        var before = Assert.Single(await _lab.UntilRunsAsync(id, "success manual"));
        await _lab.RestartAsync(() => SqlAsync($"UPDATE schedule_runs SET status = 'running', task_id = NULL, completed_at = NULL WHERE schedule_id = '{id}'"));
        var after = Assert.Single(await _lab.UntilRunsAsync(id, "success manual"));
        Assert.Equal(Text(before, "task_id"), Text(after, "task_id"));
        Assert.Equal(before.GetProperty("completed_at").GetDateTime(), after.GetProperty("completed_at").GetDateTime());
    }

    private Task TroubleAsync(string title) => Until.TrueAsync(
        () =>
        {
            _lab.App.Services.GetRequiredService<RuleEvaluator>().Look();
            return _lab.App.Services.GetRequiredService<AlertBook>().OpenTitles().Contains(title);
        },
        $"“{title}” is in the inbox");

    private static object Daily(string playbook, int retries = 0, string overlap = "skip") => new
    {
        name = playbook,
        playbook,
        target_type = "all",
        schedule_type = "recurring",
        recurrence_type = "daily",
        recurrence_time = "03:00",
        retry_on_failure = retries,
        overlap_policy = overlap,
        notification_type = "errors",
    };

    /// <summary>As if it had failed this often already, and was to be tried again in a second.</summary>
    private Task HasFailedAsync(string id, int attempts) => SetAsync(id, $"retry_at = datetime('now', '+1 seconds'), retry_attempt = {attempts}");

    /// <summary>Changes columns and has the program look at them.</summary>
    private async Task SetAsync(string id, string columns)
    {
        await SqlAsync($"UPDATE schedules SET {columns} WHERE id = '{id}'");
        Assert.Equal(HttpStatusCode.OK, (await _lab.TryAsync(HttpMethod.Patch, $"schedules/{id}", new { description = "Seen." })).Status);
    }

    private Task FaultAsync() => Until.TrueAsync(() => _lab.App.Log.Lines.Any(l => l.Contains("The schedules could not take up", StringComparison.Ordinal)), "the fault was met", TimeSpan.FromSeconds(40));

    private static object Once(string playbook, int inSeconds, string overlap = "skip") => new
    {
        name = playbook,
        playbook,
        target_type = "all",
        schedule_type = "once",
        schedule_time = Now.AddSeconds(inSeconds),
        overlap_policy = overlap,
    };

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static int Count(JsonElement row, string name) => row.GetProperty(name).GetInt32();

    private async Task<List<AlertLevel?>> AlertsAsync()
    {
        await using var db = await _lab.App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        return await db.Set<Alert>().AsNoTracking().Where(a => a.Source == "schedules").Select(a => a.Level).ToListAsync();
    }

    private async Task<List<string>> LogAsync(string id)
    {
        await using var db = await _lab.App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        return await db.Set<LogEntry>().AsNoTracking().Where(l => l.ScheduleId == id).OrderBy(l => l.Id).Select(l => l.Message).ToListAsync();
    }

    private async Task SqlAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_lab.App.Folder, "homelab.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
