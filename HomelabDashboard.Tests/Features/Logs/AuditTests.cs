using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Logs;

public sealed class AuditTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start();
    private HttpClient _admin = null!;

    public async Task InitializeAsync() => _admin = await _app.ProgramAsync(UserRole.Admin);

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task What_a_program_changes_says_who_what_and_how_it_ended()
    {
        using var added = await _admin.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = "192.0.2.1" });
        var id = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var wrong = await _admin.PatchAsJsonAsync($"/api/v1/hosts/{id}", new { ssh_port = 99_999 });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        var own = await LineAsync("source=hosts&q=nas");
        Assert.Equal(1, own.GetProperty("user_id").GetInt32());
        var line = await LineAsync("source=api&q=hosts+POST+done");
        Assert.Equal((1, "alice: POST /api/v1/hosts, done (201)."), (line.GetProperty("user_id").GetInt32(), line.GetProperty("message").GetString()));
        var refused = await LineAsync($"source=api&host_id={id}&q=PATCH");
        Assert.Equal($"alice: PATCH /api/v1/hosts/{id}, not done (400).", refused.GetProperty("message").GetString());
        Assert.Equal("PATCH /api/v1/hosts/{id}", refused.GetProperty("details").GetProperty("route").GetString());
    }

    [Fact]
    public async Task What_is_refused_is_written_with_whom_and_reading_is_not()
    {
        using var viewer = await _app.ProgramAsync(UserRole.Viewer, Scopes.HostsRead);
        using var fine = await viewer.GetAsync("/api/v1/hosts");
        using var refused = await viewer.DeleteAsync("/api/v1/hosts/h1");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var wrong = _app.Anonymous();
        wrong.DefaultRequestHeaders.Authorization = new("Bearer", "hld_wrong");
        using var stranger = await wrong.GetAsync("/api/v1/users");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);

        var line = await LineAsync("source=api&level=warning&host_id=h1");
        Assert.Equal("viewer: DELETE /api/v1/hosts/h1, refused (403).", line.GetProperty("message").GetString());
        Assert.StartsWith("Somebody who is not signed in: GET /api/v1/users, refused", (await LineAsync("source=api&level=warning&q=signed")).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("GET /api/v1/hosts,", await _admin.GetStringAsync("/api/v1/logs?source=api&limit=500"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_page_is_refused_is_written_too()
    {
        await Assert.ThrowsAsync<AccessDeniedException>(() => _app.AsAsync(
            UserRole.Viewer, services => services.GetRequiredService<HostService>().AddAsync(new HostInput(), CancellationToken.None)));
        var line = await LineAsync("source=accounts&level=warning&q=refused");
        Assert.Equal("viewer was refused what needs hosts:write.", line.GetProperty("message").GetString());
        Assert.Equal("HostService.AddAsync", line.GetProperty("details").GetProperty("call").GetString());
    }

    [Fact]
    public async Task A_flood_is_bounded_and_counted()
    {
        using var viewer = await _app.ProgramAsync(UserRole.Viewer, Scopes.HostsRead);
        for (var i = 0; i < AuditTrail.MostEachMinute + 30; i++)
        {
            using var refused = await viewer.DeleteAsync($"/api/v1/hosts/flood{i}");
        }

        _app.Services.GetRequiredService<AuditTrail>().TellLeftOut();
        var line = await _app.LineAsync("30 more of what was refused to viewer, or was not done, within a minute is not listed.");
        Assert.Equal((2, LogEntryLevel.Warning), (line.UserId, line.Level));
        var lines = (await _admin.GetFromJsonAsync<JsonElement>("/api/v1/logs?source=api&level=warning&q=DELETE&limit=500")).GetProperty("items").GetArrayLength();
        Assert.Equal(AuditTrail.MostEachMinute, lines);
    }

    [Fact]
    public async Task What_was_done_is_always_written()
    {
        for (var i = 0; i < AuditTrail.MostEachMinute + 30; i++)
        {
            using var wrong = await _admin.DeleteAsync($"/api/v1/hosts/none{i}");
        }

        using var added = await _admin.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = "192.0.2.1" });
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        await _app.LineAsync("alice: POST /api/v1/hosts, done (201).");
    }

    [Fact]
    public async Task A_failed_sign_in_says_for_whom_where_there_is_such_a_user()
    {
        using var stranger = _app.Anonymous();
        foreach (var name in new[] { "nobody", TestApp.AdminName })
        {
            using var wrong = await stranger.PostAsJsonAsync("/api/v1/auth/token", new { username = name, password = "wrong password" });
        }

        var items = new List<JsonElement>();
        await Until.TrueAsync(
            async () => (items = [.. (await _admin.GetFromJsonAsync<JsonElement>("/api/v1/logs?source=accounts&q=sign-in+failed")).GetProperty("items").EnumerateArray()]).Count == 2,
            "both are written");
        Assert.Equal(1, items[0].GetProperty("details").GetProperty("user_id").GetInt32());
        Assert.Equal(JsonValueKind.Null, items[1].GetProperty("details").ValueKind);
        Assert.DoesNotContain("nobody", items[1].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_follows_a_dialog_on_a_page_is_still_the_persons() => await _app.AsAsync(UserRole.Admin, async services =>
    {
        var access = services.GetRequiredService<Access>();
        foreach (var ask in new Func<ValueTask<Caller>>[] { () => access.RequireAsync(), () => access.RequireAsync(Scopes.HostsWrite) })
        {
            // The click that has opened the dialog is over.
            Acting.Begin(TimeProvider.System, 7, IPAddress.Parse("192.0.2.7")).Dispose();
            Assert.Null(Acting.Now);
            await ask();
            Assert.Equal((7, "192.0.2.7"), (Acting.Now?.UserId, Acting.Now?.Address));
        }

        return true;
    });

    private async Task<JsonElement> LineAsync(string query)
    {
        JsonElement found = default;
        await Until.TrueAsync(
            async () =>
            {
                var items = (await _admin.GetFromJsonAsync<JsonElement>("/api/v1/logs?" + query)).GetProperty("items");
                found = items.GetArrayLength() > 0 ? items[0] : default;
                return found.ValueKind == JsonValueKind.Object;
            },
            $"a line for {query}");
        return found;
    }
}
