using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Schedules;

public sealed class ScheduleApiTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start();
    private HttpClient _api = null!;

    public async Task InitializeAsync() => _api = await _app.ProgramAsync(UserRole.Operator);

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Fact]
    public async Task A_schedule_is_made_changed_and_taken_away()
    {
        var (status, made) = await SendAsync(HttpMethod.Post, "schedules", Daily with { Tags = "nightly, backup", ExtraVars = new { keep = 7 } });
        Assert.Equal(HttpStatusCode.Created, status);
        var id = made.GetProperty("id").GetString()!;
        Assert.Equal(("never", "America/Montreal", "skip", "run_once", 0), (
            Text(made, "last_status"), Text(made, "timezone"), Text(made, "overlap_policy"), Text(made, "missed_policy"), made.GetProperty("run_count").GetInt32()));
        Assert.Equal(7, made.GetProperty("extra_vars").GetProperty("keep").GetInt32());
        Assert.Equal(JsonValueKind.String, made.GetProperty("next_run").ValueKind);

        var (_, changed) = await SendAsync(HttpMethod.Patch, $"schedules/{id}", new { recurrence_time = "04:30", tags = (string?)null, end_at = Now.AddYears(1) });
        Assert.Equal(("04:30", JsonValueKind.Null, "Nightly"), (Text(changed, "recurrence_time"), changed.GetProperty("tags").ValueKind, Text(changed, "name")));
        Assert.NotEqual(Text(made, "next_run"), Text(changed, "next_run"));
        (_, changed) = await SendAsync(HttpMethod.Patch, $"schedules/{id}", new { end_at = (string?)null, enabled = false });
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (changed.GetProperty("end_at").ValueKind, changed.GetProperty("next_run").ValueKind));

        var (_, list) = await SendAsync(HttpMethod.Get, "schedules?enabled=false");
        Assert.Equal(id, Text(Assert.Single(list.GetProperty("items").EnumerateArray()), "id"));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"schedules/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"schedules/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, $"schedules/{id}")).Status);
    }

    [Fact]
    public async Task One_that_names_no_time_zone_is_in_the_one_that_is_set()
    {
        await using var app = TestApp.Start(new Dictionary<string, string> { ["Homelab:Schedules:Timezone"] = "Asia/Kolkata" });
        _api = await app.ProgramAsync(UserRole.Operator);
        var (_, made) = await SendAsync(HttpMethod.Post, "schedules", Daily);
        Assert.Equal(("Asia/Kolkata", 21.5), (Text(made, "timezone"), made.GetProperty("next_run").GetDateTime().TimeOfDay.TotalHours));
        Assert.Equal("UTC", Text((await SendAsync(HttpMethod.Post, "schedules", Daily with { Name = "Other", Timezone = "UTC" })).Answer, "timezone"));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_at_its_field()
    {
        await RefusedAsync(Daily with { Name = " " }, "name");
        await RefusedAsync(Daily with { Playbook = "no-such.yml" }, "playbook");
        await RefusedAsync(Daily with { Playbook = "../../etc/passwd" }, "playbook");
        await RefusedAsync(Daily with { TargetType = "group", Target = "-e @/etc/shadow" }, "target");
        await RefusedAsync(Daily with { Timezone = "Europe/Atlantis" }, "timezone");
        await RefusedAsync(Daily with { RecurrenceTime = "25:00" }, "recurrence_time");
        await RefusedAsync(Daily with { ScheduleType = "cron", CronExpression = "0 0 30 2 *" }, "cron_expression");
        await RefusedAsync(Daily with { ScheduleType = "cron", CronExpression = "often" }, "cron_expression");
        await RefusedAsync(Daily with { ScheduleType = "once", ScheduleTime = Now.AddMinutes(-1) }, "schedule_time");
        await RefusedAsync(Daily with { EndAt = Now.AddMinutes(-1) }, "end_at");
        await RefusedAsync(Daily with { EndAt = new(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc) }, "end_at");
        await RefusedAsync(Daily with { StartAt = new(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc) }, "start_at");
        await RefusedAsync(Daily with { RecurrenceType = "interval", RecurrenceTime = "6h", StartAt = new(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc) }, "start_at");
        await RefusedAsync(Daily with { ScheduleType = "once", ScheduleTime = new(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc) }, "schedule_time");
        await RefusedAsync(Daily with { RetryOnFailure = 11 }, "retry_on_failure");
        await RefusedAsync(Daily with { ExtraVars = new[] { 1 } }, "extra_vars");
        await RefusedAsync(Daily with { ExtraVars = new { db_password = "hunter2" } }, "extra_vars");
        var (status, answer) = await SendAsync(HttpMethod.Post, "schedules", new { name = "x", playbook = "collect-facts.yml", schedule_type = "sometimes" });
        Assert.Equal((HttpStatusCode.BadRequest, "VALIDATION_FAILED"), (status, Text(answer, "code")));
        var id = Text((await SendAsync(HttpMethod.Post, "schedules", Daily)).Answer, "id");
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Patch, $"schedules/{id}", new { run_count = 5 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Patch, $"schedules/{id}", new { enabled = "yes" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Patch, $"schedules/{id}", new { name = (string?)null })).Status);
    }

    [Fact]
    public async Task A_preview_gives_the_next_ten_times_and_says_why_there_are_none()
    {
        var (_, preview) = await SendAsync(HttpMethod.Post, "schedules/preview", new { schedule_type = "recurring", recurrence_type = "weekly", recurrence_time = "12:00", recurrence_days = "mon,fri", timezone = "UTC" });
        var times = preview.GetProperty("times").EnumerateArray().Select(t => t.GetProperty("at").GetDateTime()).ToList();
        Assert.Equal(10, times.Count);
        Assert.All(times, t => Assert.True(t > Now && t.Hour == 12 && t.DayOfWeek is DayOfWeek.Monday or DayOfWeek.Friday));
        var (status, refused) = await SendAsync(HttpMethod.Post, "schedules/preview", new { schedule_type = "cron", cron_expression = "0 0 31 2 *" });
        Assert.Equal((HttpStatusCode.BadRequest, "No day is ever like that, so it would never run."), (status, Text(refused, "detail")));
    }

    [Fact]
    public async Task One_whose_playbook_is_gone_can_still_be_switched_off()
    {
        var playbook = Path.Combine(_app.Folder, "playbooks", "gone.yml");
        await File.WriteAllTextAsync(playbook, "- hosts: all\n");
        var id = Text((await SendAsync(HttpMethod.Post, "schedules", Daily with { Playbook = "gone.yml" })).Answer, "id");
        File.Delete(playbook);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Patch, $"schedules/{id}", new { enabled = false })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Patch, $"schedules/{id}", new { enabled = true })).Status);
    }

    [Fact]
    public async Task A_viewer_looks_and_does_not_touch()
    {
        var id = Text((await SendAsync(HttpMethod.Post, "schedules", Daily)).Answer, "id");
        _api = await _app.ProgramAsync(UserRole.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, $"schedules/{id}/runs")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "schedules")).Status);
        foreach (var (method, path) in new[] { (HttpMethod.Post, "schedules"), (HttpMethod.Post, $"schedules/{id}/run"), (HttpMethod.Post, "schedules/pause"), (HttpMethod.Patch, $"schedules/{id}"), (HttpMethod.Delete, $"schedules/{id}") })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(method, path, method == HttpMethod.Delete ? null : Daily)).Status);
        }
    }

    private static Body Daily => new("Nightly", "collect-facts.yml", "recurring") { RecurrenceType = "daily", RecurrenceTime = "03:00", TargetType = "all" };

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private async Task RefusedAsync(Body body, string field)
    {
        var (status, answer) = await SendAsync(HttpMethod.Post, "schedules", body);
        Assert.Equal((HttpStatusCode.BadRequest, "VALIDATION_FAILED"), (status, Text(answer, "code")));
        Assert.Equal(field, Assert.Single(answer.GetProperty("errors").EnumerateObject()).Name);
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, options: body is Body ? new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull } : null);
        }

        using var answer = await _api.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    private sealed record Body(string Name, string Playbook, string ScheduleType)
    {
        public string? TargetType { get; init; }

        public string? Target { get; init; }

        public string? RecurrenceType { get; init; }

        public string? RecurrenceTime { get; init; }

        public string? CronExpression { get; init; }

        public DateTime? ScheduleTime { get; init; }

        public DateTime? StartAt { get; init; }

        public DateTime? EndAt { get; init; }

        public string? Timezone { get; init; }

        public string? Tags { get; init; }

        public object? ExtraVars { get; init; }

        public int? RetryOnFailure { get; init; }
    }
}
