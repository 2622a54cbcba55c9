using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Alerts;

/// <summary>The inbox by the HTTP API.</summary>
public sealed class AlertApiTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start();
    private HttpClient _operator = null!;

    private AlertBook Book => _app.Services.GetRequiredService<AlertBook>();

    public async Task InitializeAsync()
    {
        _operator = await _app.ProgramAsync(UserRole.Operator);
        foreach (var (key, category, level) in new[]
        {
            ("a", AlertCategory.Host, AlertLevel.Warning), ("b", AlertCategory.Docker, AlertLevel.Critical), ("c", AlertCategory.Host, AlertLevel.Critical),
        })
        {
            Book.Raise(key, new AlertSignal(category, level, $"Trouble {key}", "A sentence.", "test") { Href = "/hosts", Action = ("Mend it", "/hosts/new"), Details = new { TheValue = 91 } });
        }

        Book.Tell(new AlertSignal(AlertCategory.Automation, AlertLevel.Success, "It went well", "A sentence.", "test"));
        await Until.TrueAsync(async () => (await ItemsAsync("alerts")).Count == 4, "they are in the inbox");
    }

    public async Task DisposeAsync()
    {
        _operator.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task They_are_listed_page_by_page_and_filtered()
    {
        var first = await GetAsync("alerts?limit=3");
        Assert.Equal(["It went well", "Trouble c", "Trouble b"], Titles(first));
        Assert.Equal(["Trouble a"], Titles(await GetAsync($"alerts?limit=3&cursor={first.GetProperty("next_cursor").GetString()}")));
        Assert.Equal(["Trouble c", "Trouble a"], Titles(await GetAsync("alerts?category=host")));
        Assert.Equal(["Trouble c"], Titles(await GetAsync("alerts?category=host&level=critical")));
        Assert.Equal(["It went well"], Titles(await GetAsync("alerts?state=closed")));
        Assert.Equal(("Mend it", "/hosts/new"), (first.GetProperty("items")[1].GetProperty("action").GetString(), first.GetProperty("items")[1].GetProperty("action_href").GetString()));
        Assert.Equal(91, first.GetProperty("items")[1].GetProperty("details").GetProperty("the_value").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, (await _operator.GetAsync("/api/v1/alerts?level=loud")).StatusCode);
    }

    [Fact]
    public async Task They_are_read_one_by_one_and_all_at_once()
    {
        var id = (await ItemsAsync("alerts?category=docker"))[0].GetProperty("id").GetInt64();
        Assert.NotEqual(JsonValueKind.Null, (await PostAsync($"alerts/{id}/read")).GetProperty("read_at").ValueKind);
        Assert.Equal(["It went well", "Trouble c", "Trouble a"], Titles(await GetAsync("alerts?unread=true")));
        Assert.Equal(["Trouble b"], Titles(await GetAsync("alerts?unread=false")));
        Assert.Equal(2, await _app.AsAsync(UserRole.Viewer, s => s.GetRequiredService<AlertService>().UnreadProblemsAsync(CancellationToken.None)));
        Assert.Equal(3, (await PostAsync("alerts/read-all")).GetProperty("read").GetInt32());
        Assert.Empty(await ItemsAsync("alerts?unread=true"));
        await _app.LineAsync("operator marked all alerts as read, 3 of them unread before.");

        // What happens later with one that is open does not make it unread.
        Book.Raise("a", new AlertSignal(AlertCategory.Host, AlertLevel.Warning, "Trouble a", "Still.", "test"));
        await Until.TrueAsync(async () => (await ItemsAsync("alerts"))[^1].GetProperty("count").GetInt32() == 2, "it grew");
        Assert.Empty(await ItemsAsync("alerts?unread=true"));
    }

    [Fact]
    public async Task Who_sees_to_one_is_said_and_one_that_is_over_has_nobody()
    {
        var id = (await ItemsAsync("alerts?category=docker"))[0].GetProperty("id").GetInt64();
        var seen = await PostAsync($"alerts/{id}/acknowledge");
        Assert.Equal(("operator", true), (seen.GetProperty("acknowledged_by").GetString(), seen.GetProperty("read_at").ValueKind == JsonValueKind.String));
        Assert.Equal("operator", Book.Live.Get(id)?.AcknowledgedBy);
        await _app.LineAsync("operator acknowledged the alert “Trouble b”.");

        // Whoever was first stays, and nothing more happens.
        await _app.AsAsync(UserRole.Admin, s => s.GetRequiredService<AlertService>().AcknowledgeAsync(id, CancellationToken.None));
        Assert.Equal("operator", Book.Live.Get(id)?.AcknowledgedBy);
        await PostAsync("alerts/read-all");
        await _app.LineAsync("operator marked all alerts as read, 3 of them unread before.");
        Assert.Single((await GetAsync("logs?source=alerts&q=acknowledged")).GetProperty("items").EnumerateArray());
        Book.Close("b");
        await Until.TrueAsync(() => Book.Live.Get(id) is null, "it is over");
        Assert.Equal(HttpStatusCode.NotFound, (await _operator.PostAsync($"/api/v1/alerts/{id}/acknowledge", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _operator.PostAsync("/api/v1/alerts/999/read", null)).StatusCode);
    }

    [Fact]
    public async Task What_the_badge_counts_is_in_the_list_that_opens_first()
    {
        var before = await NeededAsync();
        Assert.Equal((3, 3), before);
        Book.Tell(new AlertSignal(AlertCategory.Automation, AlertLevel.Error, "A schedule failed", "A sentence.", "test"));
        await Until.TrueAsync(async () => (await NeededAsync()) == (4, 4), "news of something that went wrong are counted and listed");
        await PostAsync("alerts/read-all");
        Assert.Equal((3, 0), await NeededAsync());

        async Task<(int Listed, int Counted)> NeededAsync() => await _app.AsAsync(UserRole.Viewer, async s =>
        {
            var alerts = s.GetRequiredService<AlertService>();
            return ((await alerts.ListAsync(new AlertFilter(Needed: true), null, 50, CancellationToken.None)).Count, await alerts.UnreadProblemsAsync(CancellationToken.None));
        });
    }

    [Fact]
    public async Task A_viewer_reads_and_changes_nothing()
    {
        using var viewer = await _app.ProgramAsync(UserRole.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/v1/alerts")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync("/api/v1/alerts/read-all", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PatchAsJsonAsync("/api/v1/alert-rules/1", new { enabled = false })).StatusCode);
    }

    private async Task<JsonElement> GetAsync(string path) => await _operator.GetFromJsonAsync<JsonElement>("/api/v1/" + path);

    private async Task<List<JsonElement>> ItemsAsync(string path) => [.. (await GetAsync(path)).GetProperty("items").EnumerateArray()];

    private static List<string?> Titles(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(a => a.GetProperty("title").GetString())];

    private async Task<JsonElement> PostAsync(string path)
    {
        using var answer = await _operator.PostAsync("/api/v1/" + path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
