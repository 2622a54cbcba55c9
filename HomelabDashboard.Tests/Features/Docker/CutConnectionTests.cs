using HomelabDashboard.Features;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>The connection to a host is cut in the middle of something, while its engine goes on.</summary>
public sealed class CutConnectionTests(DockerLab lab) : IClassFixture<DockerLab>
{
    [Fact]
    public async Task What_the_engine_goes_on_with_is_seen_through()
    {
        await lab.Engine.RunContainerAsync("slow", "trap : TERM; while :; do sleep 0.1; done", "--stop-timeout", "5");
        var id = (await lab.SeenAsync("slow", c => c.State == "running", "running")).Id;
        var operation = (await lab.PostAsync($"docker/containers/{id}/stop")).GetProperty("operation_ids")[0].GetString()!;
        var operations = lab.App.Services.GetRequiredService<LiveStore<string, OperationRecord>>();
        await Until.TrueAsync(() => operations.Get(operation) is { Message: "Stopping slow on docker-01." }, "it has begun");
        await lab.Server.StopAsync();
        await Until.TrueAsync(() => operations.Get(operation)?.Message?.Contains("was lost", StringComparison.Ordinal) is true, "the loss is said");
        Assert.True(operations.Get(operation)!.IsOpen);
        await lab.BackAsync();
        await Until.TrueAsync(() => operations.Get(operation) is { IsOpen: false }, "it has ended");
        Assert.Equal((OperationStatus.Succeeded, "exited"), (operations.Get(operation)!.Status, lab.Find("slow")!.State));
        await lab.Engine.DockerAsync("rm", "slow");
    }

    [Fact]
    public async Task A_log_that_is_followed_ends_with_the_reason()
    {
        await lab.Engine.RunContainerAsync("talks", "i=0; while :; do echo line $((i=i+1)); sleep 0.05; done");
        var id = (await lab.SeenAsync("talks", c => c.State == "running", "running")).Id;
        var following = new TaskCompletionSource();
        var log = lab.App.AsAsync(UserRole.Viewer, async services =>
        {
            var lines = new List<string>();
            await foreach (var batch in services.GetRequiredService<DockerService>().LogsAsync(id, new LogRequest(Tail: null, Follow: true), CancellationToken.None))
            {
                if (!batch.Succeeded)
                {
                    return (lines, batch.Problem);
                }

                lines.AddRange(batch.Value.Select(l => l.Text));
                following.TrySetResult();
            }

            return (lines, (Problem?)null);
        });
        await following.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await lab.Server.StopAsync();
        var (seen, problem) = await log.WaitAsync(TimeSpan.FromSeconds(20));

        // Cut anywhere, it holds whole lines alone, and says why it ends.
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => $"line {i}"), seen);
        Assert.NotNull(problem);
        await lab.BackAsync();
        Assert.Contains($"line {seen.Count + 1}\n", await lab.Http.GetStringAsync($"/api/v1/docker/containers/{id}/logs?tail=all"), StringComparison.Ordinal);
        await lab.Engine.DockerAsync("rm", "-f", "talks");
    }

    [Fact]
    public async Task The_figures_of_the_last_hour_stay_and_those_of_now_are_not_known()
    {
        await lab.Engine.RunContainerAsync("busy", "while :; do :; done");
        var id = (await lab.SeenAsync("busy", c => c.State == "running", "running")).Id;
        await Until.TrueAsync(() => lab.Board.Readings.Get(id) is { Latest.CpuPercent: > 1, Recent.Count: > 1 }, "its figures are there");
        var first = lab.Board.Readings.Get(id)!.Recent[0];
        await lab.Server.StopAsync();
        await Until.TrueAsync(() => lab.Board.Hosts.Get(lab.HostId) is { Live: false } && lab.Board.Readings.Get(id) is { Latest.MemoryBytes: null }, "what it uses is not known");
        Assert.Equal(first, lab.Board.Readings.Get(id)!.Recent[0]);
        await lab.BackAsync();
        await Until.TrueAsync(() => lab.Board.Readings.Get(id) is { Latest.CpuPercent: > 1 }, "its figures are there again");
        Assert.Equal(first, lab.Board.Readings.Get(id)!.Recent[0]);
        await lab.Engine.DockerAsync("rm", "-f", "busy");
    }
}
