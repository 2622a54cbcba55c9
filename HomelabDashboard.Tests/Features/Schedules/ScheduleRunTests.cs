using System.Net;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
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
        var id = await _lab.AddAsync(Once("slow.yml", inSeconds: 3));
        await _lab.PostAsync($"schedules/{id}/run");
        var (status, answer) = await _lab.TryAsync(HttpMethod.Post, $"schedules/{id}/run");
        Assert.Equal((HttpStatusCode.Conflict, "OPERATION_OPEN"), (status, Text(answer, "code")));
        await _lab.UntilRunsAsync(id, "success manual", "skipped schedule");
        Assert.Equal(1, Count(await _lab.GetAsync("schedules/" + id), "run_count"));
    }

    [Fact]
    public async Task While_it_runs_the_next_waits_where_that_is_wanted()
    {
        var id = await _lab.AddAsync(Once("slow.yml", inSeconds: 3, overlap: "queue"));
        await _lab.PostAsync($"schedules/{id}/run");
        await Until.TrueAsync(async () => (await _lab.GetAsync("schedules/" + id)).GetProperty("queued_for").ValueKind == JsonValueKind.String, "the second waits");
        var runs = await _lab.UntilRunsAsync(id, "success manual", "success schedule");
        Assert.True(runs[0].GetProperty("completed_at").GetDateTime() <= runs[1].GetProperty("started_at").GetDateTime());
        Assert.Equal(JsonValueKind.Null, (await _lab.GetAsync("schedules/" + id)).GetProperty("queued_for").ValueKind);
    }

    [Fact]
    public async Task While_it_runs_the_next_ends_it_where_that_is_wanted()
    {
        var id = await _lab.AddAsync(Once("slow.yml", inSeconds: 3, overlap: "cancel_old"));
        await _lab.PostAsync($"schedules/{id}/run");
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
        Assert.Equal([AlertLevel.Error], await AlertsAsync());
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
    [InlineData("run_once", "success missed")]
    [InlineData("skip", "skipped missed")]
    public async Task What_was_due_while_the_dashboard_was_away_runs_once_or_is_left_out(string policy, string run)
    {
        var id = await _lab.AddAsync(new { name = "Often", playbook = "quick.yml", target_type = "all", schedule_type = "recurring", recurrence_type = "interval", recurrence_time = "1h", missed_policy = policy });
        await _lab.RestartAsync(() => SqlAsync($"UPDATE schedules SET created_at = datetime('now', '-90 hours', '-30 minutes'), next_run = datetime('now', '-80 hours', '-30 minutes') WHERE id = '{id}'"));
        var only = Assert.Single(await _lab.UntilRunsAsync(id, run));
        Assert.InRange(only.GetProperty("scheduled_for").GetDateTime(), Now.AddHours(-81), Now.AddHours(-80));
        Assert.InRange((await _lab.GetAsync("schedules/" + id)).GetProperty("next_run").GetDateTime(), Now, Now.AddHours(1));
    }

    [Fact]
    public async Task While_all_are_paused_nothing_runs_and_afterwards_nothing_is_made_up_for()
    {
        var id = await _lab.AddAsync(Once("quick.yml", inSeconds: 2));
        Assert.True((await _lab.PostAsync("schedules/pause")).GetProperty("paused").GetBoolean());
        await Until.TrueAsync(async () => (await _lab.GetAsync("schedules/" + id)).GetProperty("schedule_time").GetDateTime() < Now.AddSeconds(-1), "it was due");
        await _lab.RestartAsync(() => Task.CompletedTask);
        Assert.Empty(await _lab.RunsAsync(id));
        Assert.False((await _lab.PostAsync("schedules/resume")).GetProperty("paused").GetBoolean());
        var daily = await _lab.AddAsync(Once("quick.yml", inSeconds: 2));
        await _lab.UntilRunsAsync(daily, "success schedule");
        Assert.Empty(await _lab.RunsAsync(id));
    }

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

    private async Task SqlAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_lab.App.Folder, "homelab.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
