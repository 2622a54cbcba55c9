using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.LogSearch;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Logs;

public sealed class LogSearchTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start();
    private HttpClient _program = null!;

    public async Task InitializeAsync() => _program = await _app.ProgramAsync(UserRole.Viewer);

    public async Task DisposeAsync()
    {
        _program.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Lines_are_found_by_any_filter_together()
    {
        await WriteAsync(
            new() { Level = LogEntryLevel.Warning, Source = "docker", HostId = "h1", Message = "Jellyfin-1 on nas exited with code 137." },
            new() { Level = LogEntryLevel.Info, Source = "docker", HostId = "h1", Message = "Jellyfin-1 on nas is healthy again." },
            new() { Level = LogEntryLevel.Error, Source = "schedules", HostId = "h2", TaskId = "019a-77", ScheduleId = "s1", Message = "The nightly backup failed." },
            new() { Level = LogEntryLevel.Critical, Source = "hosts", HostId = "h10", Message = "pi offered another key." });

        Assert.Equal(["Jellyfin-1 on nas is healthy again.", "Jellyfin-1 on nas exited with code 137."], await FindAsync("q=nas+jelly"));
        Assert.Equal(["Jellyfin-1 on nas exited with code 137."], await FindAsync("q=jellyfin&level=warning,error"));
        Assert.Equal(["pi offered another key.", "The nightly backup failed."], await FindAsync("level=error,critical"));
        Assert.Equal(["Jellyfin-1 on nas is healthy again.", "Jellyfin-1 on nas exited with code 137."], await FindAsync("host_id=h1"));
        Assert.Equal(["The nightly backup failed."], await FindAsync("source=schedules&task_id=019a-77&schedule_id=s1&host_id=h2&q=backup"));
        Assert.Empty(await FindAsync("source=schedules&host_id=h1"));

        // The filters' own words are none that anybody can look for.
        Assert.Empty(await FindAsync("q=critical"));
        Assert.Empty(await FindAsync("q=" + Uri.EscapeDataString("\uE000lcritical")));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("nas OR pi")]
    [InlineData("nas* AND")]
    [InlineData("NEAR(nas pi)")]
    [InlineData("message : nas")]
    [InlineData("-nas ^ ( ) { } :")]
    [InlineData("'; DROP TABLE logs; --")]
    [InlineData("*")]
    [InlineData("a\0b")]
    [InlineData("\0")]
    public async Task What_people_type_is_never_syntax(string text)
    {
        await WriteAsync(new LogEntry { Level = LogEntryLevel.Info, Message = "nas is online." }, new LogEntry { Level = LogEntryLevel.Info, Message = "pi is online." });
        using var answer = await _program.GetAsync("/api/v1/logs?q=" + Uri.EscapeDataString(text));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(await FindAsync("q=nas+online"));
    }

    [Fact]
    public async Task Pages_follow_each_other_newest_first_and_nothing_comes_twice()
    {
        await WriteAsync([.. Enumerable.Range(0, 25).Select(i => new LogEntry { Level = LogEntryLevel.Info, HostId = "h", Message = $"Line {i}." })]);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"host_id=h&limit=10{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("message").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"Line {i}."), seen);
    }

    [Fact]
    public async Task A_time_decides_also_where_the_clock_was_set_back()
    {
        var noon = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        await WriteAsync(
            new() { Level = LogEntryLevel.Info, HostId = "h", Message = "first", CreatedAt = noon },
            new() { Level = LogEntryLevel.Info, HostId = "h", Message = "set back", CreatedAt = noon.AddMinutes(-50) },
            new() { Level = LogEntryLevel.Info, HostId = "h", Message = "later", CreatedAt = noon.AddDays(1) });

        Assert.Equal(["first"], await FindAsync("host_id=h&from=2026-03-01T11:30:00Z&to=2026-03-01T13:00:00Z"));
        Assert.Equal(["set back"], await FindAsync("host_id=h&from=2026-03-01T11:00:00Z&to=2026-03-01T12:00:00Z"));
        Assert.Equal(["later"], await FindAsync("host_id=h&from=2026-03-02T00:00:00Z"));
        Assert.Equal(["set back", "first"], await FindAsync("to=2026-03-02T00:00:00Z"));
    }

    [Theory]
    [InlineData("***")]
    [InlineData("🚀")]
    [InlineData("\uE000")]
    public async Task What_has_no_word_in_it_is_in_no_line(string text)
    {
        await WriteAsync(new LogEntry { Level = LogEntryLevel.Info, HostId = "h1", Message = "🚀 *** nas is online." });
        Assert.Empty(await FindAsync("q=" + Uri.EscapeDataString(text)));
        Assert.Empty(await FindAsync("host_id=h1&q=" + Uri.EscapeDataString(text)));
        Assert.Single(await FindAsync("host_id=h1&q=%20"));
    }

    [Theory]
    [InlineData("from=0001-01-01")]
    [InlineData("to=9999-12-31T23:59:59Z")]
    [InlineData("from=0001-01-01&to=9999-12-31T23:59:59.9999999Z")]
    public async Task A_time_may_be_the_first_or_the_last_there_is(string window)
    {
        await WriteAsync(new LogEntry { Level = LogEntryLevel.Info, HostId = "h1", Message = "nas is online." });
        Assert.Single(await FindAsync("host_id=h1&" + window));
    }

    [Theory]
    [InlineData("source")]
    [InlineData("host_id")]
    [InlineData("task_id")]
    [InlineData("schedule_id")]
    public async Task A_filter_that_cannot_be_finds_nothing(string field)
    {
        await WriteAsync(new LogEntry { Level = LogEntryLevel.Info, Source = "a", HostId = "a", TaskId = "a", ScheduleId = "a", Message = "nas is online." });
        Assert.Single(await FindAsync(field + "=a"));
        Assert.Empty(await FindAsync(field + "=a%00b"));
    }

    [Theory]
    [InlineData("level=loud", "level")]
    [InlineData("user_id=ada", "user_id")]
    [InlineData("from=yesterday", "from")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=many", "limit")]
    public async Task A_wrong_filter_is_refused(string query, string field)
    {
        using var answer = await _program.GetAsync("/api/v1/logs?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Logs_are_for_those_who_may_read_them()
    {
        using var other = await _app.ProgramAsync(UserRole.Viewer, Scopes.HostsRead);
        foreach (var path in new[] { "/api/v1/logs", "/api/v1/logs/export" })
        {
            using var answer = await other.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task From_where_others_did_something_and_who_they_are_is_for_those_who_may_see_users()
    {
        await WriteAsync(
            new LogEntry { Level = LogEntryLevel.Info, HostId = "h1", UserId = 1, RemoteAddress = "192.0.2.9", Message = "alice changed nas." },
            new LogEntry { Level = LogEntryLevel.Info, Source = "accounts", Message = "alice signed in.", Details = """{"user_id":1,"address":"192.0.2.9"}""" });
        using var admin = await _app.ProgramAsync(UserRole.Admin);
        Assert.Contains("192.0.2.9", await admin.GetStringAsync("/api/v1/logs?host_id=h1"), StringComparison.Ordinal);
        Assert.Contains("192.0.2.9", await admin.GetStringAsync("/api/v1/logs/export?host_id=h1"), StringComparison.Ordinal);
        foreach (var path in new[] { "/api/v1/logs?limit=500", "/api/v1/logs/export", "/api/v1/logs/export?format=csv" })
        {
            var seen = await _program.GetStringAsync(path);
            Assert.Contains("alice changed nas.", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("192.0.2.9", seen, StringComparison.Ordinal);
        }

        Assert.Equal(["viewer"], await UsersAsync(UserRole.Viewer));
        Assert.Equal([TestApp.AdminName, "viewer"], await UsersAsync(UserRole.Admin));

        Task<IEnumerable<string>> UsersAsync(UserRole role) => _app.AsAsync(
            role, async s => (await s.GetRequiredService<LogSearchService>().UsersAsync(CancellationToken.None)).Select(u => u.Name));
    }

    [Fact]
    public async Task An_export_goes_on_before_the_last_line_of_another()
    {
        await WriteAsync([.. Enumerable.Range(0, 5).Select(i => new LogEntry { Level = LogEntryLevel.Info, HostId = "h", Message = $"Line {i}." })]);
        var newest = (await GetAsync("host_id=h&limit=2")).GetProperty("items")[1].GetProperty("id").GetInt64();
        var rest = (await _program.GetStringAsync($"/api/v1/logs/export?format=jsonl&host_id=h&before={newest}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["Line 2.", "Line 1.", "Line 0."], rest.Select(l => JsonSerializer.Deserialize<JsonElement>(l).GetProperty("message").GetString()));
        using var wrong = await _program.GetAsync("/api/v1/logs/export?before=0");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task An_export_has_every_line_of_the_filter_and_no_formula()
    {
        await WriteAsync(
            [
                .. Enumerable.Range(0, 2_300).Select(i => new LogEntry { Level = LogEntryLevel.Info, HostId = "h", Message = $"Line {i}." }),
                new() { Level = LogEntryLevel.Info, HostId = "h", Message = "=cmd|' /C calc'!A0, \"quoted\"", Details = """{"a":1}""" },
            ]);
        var rows = (await _program.GetStringAsync("/api/v1/logs/export?format=csv&host_id=h")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2_302, rows.Length);
        Assert.StartsWith("id,created_at,level,source,message,", rows[0], StringComparison.Ordinal);
        Assert.Contains(",info,,\"'=cmd|' /C calc'!A0, \"\"quoted\"\"\",h,,,,,\"{\"\"a\"\":1}\"", rows[1], StringComparison.Ordinal);

        var lines = (await _program.GetStringAsync("/api/v1/logs/export?format=jsonl&host_id=h&q=quoted")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1, JsonSerializer.Deserialize<JsonElement>(Assert.Single(lines)).GetProperty("details").GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task What_is_past_its_time_or_number_goes_from_the_search_too()
    {
        await using var app = TestApp.Start(new Dictionary<string, string> { ["Homelab:Logs:KeepDays"] = "30", ["Homelab:Logs:KeepRows"] = "1000" });
        using var program = await app.ProgramAsync(UserRole.Viewer);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await WriteAsync(app, [new() { Level = LogEntryLevel.Info, Message = "oldest", CreatedAt = now.AddDays(-31) }, .. Enumerable.Range(0, 1_200).Select(i => new LogEntry { Level = LogEntryLevel.Info, Message = $"crowd {i}" })]);
        var pruner = ActivatorUtilities.CreateInstance<LogPruner>(app.Services);
        Assert.InRange(await pruner.PruneAsync(CancellationToken.None), 201, 260);
        Assert.Equal(0, await pruner.PruneAsync(CancellationToken.None));
        Assert.DoesNotContain("oldest", await program.GetStringAsync("/api/v1/logs?q=oldest"), StringComparison.Ordinal);
        Assert.DoesNotContain("crowd 3\"", await program.GetStringAsync("/api/v1/logs?q=crowd+3&limit=500"), StringComparison.Ordinal);
        Assert.Contains("crowd 1199", await program.GetStringAsync("/api/v1/logs?q=crowd+1199"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_set_far_ahead_takes_no_line_away()
    {
        await using var app = TestApp.Start();
        var clock = new SetClock(TimeProvider.System.GetUtcNow().UtcDateTime);
        await WriteAsync(app, [new() { Level = LogEntryLevel.Info, Message = "kept", CreatedAt = clock.Now }]);
        var pruner = ActivatorUtilities.CreateInstance<LogPruner>(app.Services, clock);
        clock.Set(clock.Now.AddYears(10));
        Assert.Equal(0, await pruner.PruneAsync(CancellationToken.None));
        clock.Pass(SteadyClock.Long);
        Assert.NotEqual(0, await pruner.PruneAsync(CancellationToken.None));
    }

    private Task WriteAsync(params LogEntry[] lines) => WriteAsync(_app, lines);

    private static async Task WriteAsync(TestApp app, LogEntry[] lines)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        db.AddRange(lines);
        await db.SaveChangesAsync();
    }

    private async Task<JsonElement> GetAsync(string query) => await _program.GetFromJsonAsync<JsonElement>("/api/v1/logs?" + query);

    private async Task<List<string>> FindAsync(string query) =>
        [.. (await GetAsync(query)).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("message").GetString()!)];
}
