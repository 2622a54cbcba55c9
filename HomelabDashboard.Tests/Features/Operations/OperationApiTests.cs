using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Operations;

/// <summary>The kind <c>again</c> can be done again and talks; <c>never</c> cannot. Both fail. <c>long</c> goes on.</summary>
public sealed class OperationApiTests : IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start(services: s => s.AddSingleton<IOperationHandler, Again>().AddSingleton<IOperationHandler, Never>().AddSingleton<IOperationHandler, Long>());
    private HttpClient _api = null!;

    public async Task InitializeAsync() => _api = await _app.ProgramAsync(UserRole.Operator);

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Fact]
    public async Task What_failed_is_done_again_as_a_new_operation()
    {
        var id = await FailedAsync("again");
        using var answer = await _api.PostAsync($"/api/v1/operations/{id}/retry", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var again = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("operation_ids")[0].GetString()!;
        var row = await EndAsync(again);
        Assert.Equal((id, "failed", "thing:1"), (row.GetProperty("retry_of").GetString(), row.GetProperty("status").GetString(), row.GetProperty("target").GetString()));
    }

    [Fact]
    public async Task Who_may_not_do_it_may_not_do_it_again()
    {
        var id = await FailedAsync("again");
        using var viewer = await _app.ProgramAsync(UserRole.Viewer);
        using var refused = await viewer.PostAsync($"/api/v1/operations/{id}/retry", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains(Scopes.HostsWrite, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_again_says_so()
    {
        using var never = await _api.PostAsync($"/api/v1/operations/{await FailedAsync("never")}/retry", null);
        Assert.Equal((HttpStatusCode.Conflict, "RETRY_IMPOSSIBLE"), (never.StatusCode, (await never.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
        using var unknown = await _api.PostAsync("/api/v1/operations/nothing/retry", null);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task What_it_said_can_be_read()
    {
        var id = await FailedAsync("again");
        var output = await _api.GetFromJsonAsync<JsonElement>($"/api/v1/operations/{id}/output");
        Assert.Equal(["trying", "no luck"], output.GetProperty("lines").EnumerateArray().Select(l => l.GetString()));
        Assert.True((await _api.GetFromJsonAsync<JsonElement>($"/api/v1/operations/{id}")).GetProperty("has_output").GetBoolean());
        var silent = await FailedAsync("never");
        Assert.Empty((await _api.GetFromJsonAsync<JsonElement>($"/api/v1/operations/{silent}/output")).GetProperty("lines").EnumerateArray());
    }

    [Fact]
    public async Task How_far_it_is_stands_in_the_list_too()
    {
        var id = (await _app.Services.GetRequiredService<OperationQueue>().EnqueueAsync("long", "thing:1", null, "ada", default)).Value!.Id;
        JsonElement listed = default;
        await Until.TrueAsync(
            async () => (await _api.GetFromJsonAsync<JsonElement>("/api/v1/operations?status=running")).GetProperty("items").EnumerateArray().SingleOrDefault() is { ValueKind: JsonValueKind.Object } only
                && (listed = only).GetProperty("message").GetString() is not null,
            "it is in the list and says something");
        Assert.Equal((id, 0.25, "A quarter is done."), (listed.GetProperty("id").GetString(), listed.GetProperty("progress").GetDouble(), listed.GetProperty("message").GetString()));
    }

    private async Task<string> FailedAsync(string kind)
    {
        var id = (await _app.Services.GetRequiredService<OperationQueue>().EnqueueAsync(kind, "thing:1", null, "ada", default)).Value!.Id;
        await EndAsync(id);
        return id;
    }

    private async Task<JsonElement> EndAsync(string id)
    {
        JsonElement row = default;
        await Until.TrueAsync(
            async () => (row = await _api.GetFromJsonAsync<JsonElement>($"/api/v1/operations/{id}")).GetProperty("completed_at").ValueKind == JsonValueKind.String, "it ends");
        return row;
    }

    private sealed class Again(OperationOutputs outputs) : IOperationHandler
    {
        public string Kind => "again";

        public string RetryScope => Scopes.HostsWrite;

        public Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
        {
            outputs.Write(operation.Id, "trying\n\e[31mno luck\e[0m\n");
            return Task.FromResult<string?>("It failed.");
        }
    }

    private sealed class Long : IOperationHandler
    {
        public string Kind => "long";

        public Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
        {
            progress(0.25, "A quarter is done.");
            return new TaskCompletionSource<string?>().Task.WaitAsync(cancellationToken);
        }
    }

    private sealed class Never : IOperationHandler
    {
        public string Kind => "never";

        public Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken) => Task.FromResult<string?>("It failed.");
    }
}
