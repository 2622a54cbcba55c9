using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Operations;

/// <summary>Operations of the kind <c>elsewhere</c> are worked on here for as long as nobody tells how they ended.</summary>
public sealed class WorkerHeartbeatTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start(services: s => s.AddSingleton<IOperationHandler, Elsewhere>());
    private HttpClient _worker = null!;

    public async Task InitializeAsync() => _worker = await _app.ProgramAsync(UserRole.Admin);

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Fact]
    public async Task Many_endings_are_applied_at_once_and_repeating_them_changes_nothing()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await OpenAsync($"thing:{i}"));
        }

        var endings = ids.Select((_, i) => Ending($"thing:{i}", i % 2 == 0 ? "succeeded" : "failed", Now)).ToList();
        Assert.All(await TellAsync(endings), e => Assert.Equal("applied", e.Outcome));
        var before = await RowsAsync();
        Assert.Equal(["succeeded", "failed", "succeeded", "failed", "succeeded"], before.Select(r => r.Status.ToString().ToLowerInvariant()));
        Assert.Equal("it broke", before[1].Error);
        Assert.All(await TellAsync(Enumerable.Reverse(endings)), e => Assert.Equal("repeated", e.Outcome));
        Assert.Equal(JsonSerializer.Serialize(before), JsonSerializer.Serialize(await RowsAsync()));
    }

    [Fact]
    public async Task An_old_ending_that_comes_again_does_not_end_the_retry()
    {
        await OpenAsync("thing:1");
        var first = Ending("thing:1", "failed", Now);
        Assert.Equal("applied", (await TellAsync([first])).Single().Outcome);
        var again = await OpenAsync("thing:1");
        Assert.Equal("repeated", (await TellAsync([first])).Single().Outcome);
        Assert.Equal("not_open", (await TellAsync([Ending("thing:1", "failed", Now.AddMinutes(-10))])).Single().Outcome);
        Assert.True((await RowsAsync()).Single(r => r.Id == again).Status is OperationStatus.Pending or OperationStatus.Running);
        Assert.Equal(again, (await TellAsync([first, Ending("thing:1", "succeeded", Now)]))[1].OperationId);
    }

    [Fact]
    public void In_any_order_and_however_often_each_ending_is_applied_once() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(8),
        Prop.ForAll(
            Gen.Choose(0, 3).ListOf(12).ToArbitrary(),
            order => Task.Run(async () =>
            {
                var run = Guid.NewGuid().ToString("N")[..8];
                var endings = new List<object>();
                for (var i = 0; i < 4; i++)
                {
                    await OpenAsync($"{run}:{i}");
                    endings.Add(Ending($"{run}:{i}", i == 2 ? "failed" : "succeeded", Now));
                }

                var answers = await Task.WhenAll(order.Chunk(3).Select(few => TellAsync(few.Select(i => endings[i]))));
                var applied = answers.SelectMany(a => a).Where(a => a.Outcome == "applied").Select(a => a.Target).ToList();
                Assert.Equal(order.Distinct().Select(i => $"{run}:{i}").Order(), applied.Order());
                Assert.All((await RowsAsync()).Where(r => r.Target.StartsWith(run, StringComparison.Ordinal)), r => Assert.Equal(
                    !order.Contains(r.Target[^1] - '0') ? null : r.Target.EndsWith('2') ? OperationStatus.Failed : OperationStatus.Succeeded,
                    r.CompletedAt is null ? null : (OperationStatus?)r.Status));
            }).GetAwaiter().GetResult()));

    [Fact]
    public async Task Only_an_admin_ends_what_others_have_asked_for()
    {
        await OpenAsync("thing:1");
        using var other = await _app.ProgramAsync(UserRole.Operator);
        using var refused = await other.PostAsJsonAsync("/api/v1/workers/heartbeat", new[] { Ending("thing:1", "succeeded", Now) });
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Null((await RowsAsync()).Single().CompletedAt);
        using var nobody = await _app.Anonymous().PostAsJsonAsync("/api/v1/workers/heartbeat", Array.Empty<object>());
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task An_ending_is_looked_at_by_the_operation_it_is_about_and_by_no_other()
    {
        using var worker = await _app.ProgramAsync(UserRole.Operator);
        await OpenAsync("thing:1", "operator");
        var own = Ending("thing:1", "failed", Now);
        using var applied = await worker.PostAsJsonAsync("/api/v1/workers/heartbeat", new[] { own });
        Assert.Equal(HttpStatusCode.OK, applied.StatusCode);

        // Another's is open now; one's own may be told again all the same.
        var others = await OpenAsync("thing:1");
        using var repeated = await worker.PostAsJsonAsync("/api/v1/workers/heartbeat", new[] { own });
        Assert.Equal("repeated", (await repeated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("endings")[0].GetProperty("outcome").GetString());

        // And another's that has ended is not one's own because one has asked for the next.
        var ending = Ending("thing:1", "succeeded", Now);
        Assert.Equal(others, (await TellAsync([ending])).Single().OperationId);
        await OpenAsync("thing:1", "operator");
        using var refused = await worker.PostAsJsonAsync("/api/v1/workers/heartbeat", new[] { ending });
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_heartbeat_of_nothing_is_refused()
    {
        using var refused = await _worker.PostAsJsonAsync("/api/v1/workers/heartbeat", new object?[] { null });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("VALIDATION_FAILED", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("running", 0, null)]
    [InlineData("succeeded", 60, null)]
    [InlineData("succeeded", 0, "an error")]
    public async Task An_ending_that_cannot_be_is_refused_and_none_is_applied(string status, int minutesAhead, string? error)
    {
        await OpenAsync("thing:1");
        using var refused = await _worker.PostAsJsonAsync("/api/v1/workers/heartbeat", new object[]
        {
            Ending("thing:1", "succeeded", Now),
            new { target = "thing:1", kind = "elsewhere", status, completed_at = Now.AddMinutes(minutesAhead), error },
        });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Null((await RowsAsync()).Single().CompletedAt);
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static object Ending(string target, string status, DateTime completedAt) =>
        new { target, kind = "elsewhere", status, completed_at = completedAt, error = status == "failed" ? "it broke" : null };

    private async Task<string> OpenAsync(string target, string by = TestApp.AdminName) =>
        (await _app.Services.GetRequiredService<OperationQueue>().EnqueueAsync("elsewhere", target, null, by, default)).Value!.Id;

    private async Task<List<(string Target, string Outcome, string? OperationId)>> TellAsync(IEnumerable<object> endings)
    {
        using var answer = await _worker.PostAsJsonAsync("/api/v1/workers/heartbeat", endings);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return [.. json.GetProperty("endings").EnumerateArray().Select(e => (e.GetProperty("target").GetString()!, e.GetProperty("outcome").GetString()!, e.GetProperty("operation_id").GetString()))];
    }

    private async Task<List<Operation>> RowsAsync()
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        return await db.Set<Operation>().AsNoTracking().OrderBy(o => o.Target).ThenBy(o => o.Id).ToListAsync();
    }

    private sealed class Elsewhere : IOperationHandler
    {
        public string Kind => "elsewhere";

        public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken) =>
            await new TaskCompletionSource<string?>().Task.WaitAsync(cancellationToken);
    }
}
