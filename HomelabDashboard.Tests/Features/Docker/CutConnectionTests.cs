using HomelabDashboard.Features;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>The connection to a host is cut in the middle of something, while its engine goes on; or that is stopped itself.</summary>
public abstract class CutConnectionTests(DockerLab lab)
{
    protected DockerLab Lab => lab;

    /// <summary>What is to be run on a host whose engine is stopped.</summary>
    protected abstract string Fix { get; }

    /// <summary>How a container is that ran when its engine was stopped, once that is back.</summary>
    protected abstract string StateAfterRestart { get; }

    [Fact]
    public async Task What_happened_while_nobody_listened_is_made_good()
    {
        foreach (var name in new[] { "goes", "ends", "moves", "restarts" })
        {
            await lab.Engine.RunContainerAsync(name, "sleep 1000", "--stop-timeout", "0");
            await lab.SeenAsync(name, c => c is { State: "running", StartedAt: not null }, "running");
        }

        var (moves, restarts) = (lab.Find("moves")!, lab.Find("restarts")!);
        await lab.Server.StopAsync();
        await Until.TrueAsync(() => lab.Board.Hosts.Get(lab.HostId) is { Live: false, LastTrueAt: not null }, "it is said not to be followed");
        await lab.Engine.DockerAsync("rm", "-f", "goes");
        await lab.Engine.DockerAsync("stop", "ends");
        await lab.Engine.DockerAsync("rename", "moves", "has-moved");
        await lab.Engine.DockerAsync("restart", "-t", "0", "restarts");
        await lab.Engine.RunContainerAsync("comes", "sleep 1000", "--stop-timeout", "0");
        Assert.Equal("running", lab.Find("goes")!.State);
        await lab.BackAsync();
        var truth = (await lab.Engine.DockerAsync("ps", "-a", "--format", "{{.Names}} {{.State}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ToList();
        Assert.Subset(truth.ToHashSet(), new HashSet<string> { "ends exited", "has-moved running", "restarts running", "comes running" });
        await Until.TrueAsync(() => lab.Board.Containers.Snapshot().Values.Select(c => $"{c.Name} {c.State}").Order().SequenceEqual(truth), "the board is right");
        Assert.Equal(truth, (await lab.RowsAsync()).Select(r => $"{r.Name} {r.State}").Order());
        Assert.Equal(moves.Id, lab.Find("has-moved")!.Id);
        Assert.True(lab.Find("restarts")!.StartedAt > restarts.StartedAt);
        await lab.Engine.DockerAsync("rm", "-f", "ends", "has-moved", "restarts", "comes");
    }

    [Fact]
    public async Task An_engine_that_is_stopped_is_said_to_be_and_is_followed_again_by_itself()
    {
        await lab.Engine.RunContainerAsync("stays", "sleep 1000", "--stop-timeout", "1");
        var stays = await lab.SeenAsync("stays", c => c.State == "running", "running");
        var logins = lab.Server.Logins;
        await StopEngineAsync();
        Assert.Contains(Fix, lab.Board.Hosts.Get(lab.HostId)!.Reason, StringComparison.Ordinal);
        Assert.Equal("stopped", (await lab.GetAsync($"hosts/{lab.HostId}")).GetProperty("docker_status").GetString());
        Assert.Equal(HostStatus.Online, lab.App.Services.GetRequiredService<HostBoard>().Live.Get(lab.HostId)!.Status);
        using var refused = await lab.Http.PostAsync($"/api/v1/docker/containers/{stays.Id}/start", null);
        Assert.Equal(System.Net.HttpStatusCode.BadGateway, refused.StatusCode);

        await lab.Engine.StartAgainAsync();
        await lab.LiveAsync();
        Assert.Equal((stays.Id, StateAfterRestart), (lab.Find("stays")!.Id, lab.Find("stays")!.State));
        Assert.Equal("running", (await lab.GetAsync($"hosts/{lab.HostId}")).GetProperty("docker_status").GetString());

        // What happens from now on is heard again, over the connection that there was.
        await lab.Engine.RunContainerAsync("comes-after", "sleep 1000", "--stop-timeout", "0");
        await lab.SeenAsync("comes-after", c => c.State == "running", "running");
        Assert.Equal(logins, lab.Server.Logins);
        await lab.Engine.DockerAsync("rm", "-f", "stays", "comes-after");
        await Until.TrueAsync(() => lab.Find("comes-after") is null, "it is gone");
    }

    [Fact]
    public async Task What_the_engine_goes_on_with_is_seen_through()
    {
        await lab.Engine.RunContainerAsync("slow", "trap 'echo asked' TERM; while :; do sleep 0.1; done", "--stop-timeout", "5");
        var id = (await lab.SeenAsync("slow", c => c.State == "running", "running")).Id;
        var operation = (await lab.PostAsync($"docker/containers/{id}/stop")).GetProperty("operation_ids")[0].GetString()!;
        var operations = lab.App.Services.GetRequiredService<LiveStore<string, OperationRecord>>();
        await Until.TrueAsync(async () => (await lab.Engine.DockerAsync("logs", "slow")).Contains("asked", StringComparison.Ordinal), "the engine has begun");
        Assert.Equal("Stopping slow on docker-01.", operations.Get(operation)!.Message);
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
        await lab.Engine.RunContainerAsync("talks", "i=0; while :; do echo line $((i=i+1)); sleep 0.05; done", "--stop-timeout", "0");
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
        await lab.Engine.RunContainerAsync("busy", "while :; do :; done", "--stop-timeout", "0");
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

    /// <summary>Stops the engine and waits until that is known.</summary>
    protected async Task StopEngineAsync()
    {
        await lab.Engine.StopAsync();
        await Until.TrueAsync(() => lab.Board.Hosts.Get(lab.HostId) is { Live: false, Status: DockerStatus.Stopped, Reason: not null }, "the engine is said to be stopped");
    }
}
