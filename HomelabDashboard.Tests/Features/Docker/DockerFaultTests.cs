using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <inheritdoc/>
public sealed class DockerFaultTests(DockerLab lab) : CutConnectionTests(lab), IClassFixture<DockerLab>
{
    protected override string Fix => "sudo systemctl enable --now docker";

    protected override string StateAfterRestart => "exited";

    [Fact]
    public async Task A_check_that_fails_while_nobody_listens_is_made_good()
    {
        await Lab.Engine.RunContainerAsync("turns-ill", "sleep 1000", "--health-cmd", "test ! -e /ill", "--health-interval", "200ms", "--health-retries", "1");
        await Lab.SeenAsync("turns-ill", c => c.Health == ContainerHealth.Healthy, "healthy");
        await Lab.Server.StopAsync();
        await Lab.Engine.DockerAsync("exec", "turns-ill", "sh", "-c", ": > /ill");
        await Until.TrueAsync(async () => (await Lab.Engine.DockerAsync("inspect", "-f", "{{.State.Health.Status}}", "turns-ill")).Trim() == "unhealthy", "its check fails");
        await Lab.BackAsync();
        await Lab.SeenAsync("turns-ill", c => c.Health == ContainerHealth.Unhealthy, "unhealthy");
        await Lab.Engine.DockerAsync("rm", "-f", "turns-ill");
    }

    [Fact]
    public async Task A_host_that_takes_no_part_any_more_has_no_containers_here()
    {
        await Lab.Engine.RunContainerAsync("there", "sleep 1000");
        await Lab.SeenAsync("there", c => c.State == "running", "running");
        await Lab.TakePartAsync(false);
        await Until.TrueAsync(() => Lab.Board.Containers.Snapshot().Values.All(c => c.HostId != Lab.HostId), "its containers are gone");
        await Lab.TakePartAsync(true);
        await Lab.LiveAsync();
        await Lab.SeenAsync("there", c => c.State == "running", "running");
        await Lab.Engine.DockerAsync("rm", "-f", "there");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_became_of_a_removal_is_looked_at(bool isPruned)
    {
        await Lab.Engine.DockerAsync("volume", "create", "another");
        await Lab.Engine.DockerAsync("volume", "create", "spare");

        // So that there is a connection for actions, and the engine is asked nothing else.
        Assert.Null(await Lab.OperateAsync(HttpMethod.Delete, await VolumeAsync("another")));
        await Until.TrueAsync(async () => (await Lab.GetAsync("docker/volumes")).GetProperty("items").GetArrayLength() == 1, "the tables know of it");
        var volume = await VolumeAsync("spare");
        var operations = Lab.App.Services.GetRequiredService<LiveStore<string, OperationRecord>>();
        var operation = "";
        await Lab.Engine.FrozenAsync(async () =>
        {
            if (isPruned)
            {
                operation = (await Lab.PostAsync($"docker/hosts/{Lab.HostId}/prune", new { kinds = new[] { "volumes" } })).GetProperty("operation_ids")[0].GetString()!;
            }
            else
            {
                using var answer = await Lab.Http.DeleteAsync("/api/v1/" + volume);
                operation = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("operation_ids")[0].GetString()!;
            }

            await Until.TrueAsync(Lab.Engine.IsAskedAsync, "the engine was asked");
            await Lab.Server.StopAsync();
            await Until.TrueAsync(() => operations.Get(operation)?.Message?.Contains("was lost", StringComparison.Ordinal) is true, "the loss is said");
            Assert.True(operations.Get(operation)!.IsOpen);
        });
        await Lab.BackAsync();
        await Until.TrueAsync(() => operations.Get(operation) is { IsOpen: false }, "it has ended");

        // Docker goes on with it or gives it up with its caller, as it comes; what is said is what is there.
        var (status, error) = (operations.Get(operation)!.Status, operations.Get(operation)!.Error);
        var isGone = (await Lab.Engine.DockerAsync("volume", "ls", "-q")).Length == 0;
        Assert.Equal(isGone ? (OperationStatus.Succeeded, null) : (OperationStatus.Failed, error), (status, error));
        Assert.Equal(!isGone, error?.StartsWith("The connection to the engine was lost in the middle of it", StringComparison.Ordinal) is true);
        Assert.Equal(!isGone && isPruned, error?.EndsWith("Still there of what was to go: 1.", StringComparison.Ordinal) is true);
        await Lab.Engine.DockerAsync("volume", "prune", "-f");
    }

    private async Task<string> VolumeAsync(string name)
    {
        JsonElement volume = default;
        await Until.TrueAsync(
            async () => (volume = (await Lab.GetAsync("docker/volumes")).GetProperty("items").EnumerateArray().FirstOrDefault(v => v.GetProperty("name").GetString() == name)).ValueKind == JsonValueKind.Object, "the volume is listed");
        return $"docker/volumes/{volume.GetProperty("id").GetInt32()}";
    }
}

/// <inheritdoc/>
public sealed class PodmanFaultTests(PodmanLab lab) : CutConnectionTests(lab), IClassFixture<PodmanLab>
{
    protected override string Fix => "systemctl --user enable --now podman.socket";

    /// <summary>Podman's containers need no engine to go on.</summary>
    protected override string StateAfterRestart => "running";

    [Fact]
    public async Task A_container_that_ends_while_no_engine_listens_is_told_once_it_does()
    {
        var folder = Directory.CreateTempSubdirectory("homelab-podman-");
        try
        {
            await Lab.Engine.RunContainerAsync("ends-alone", "while [ ! -e /shared/end ]; do sleep 0.1; done; : > /shared/ended; exit 5", "-v", $"{folder.FullName}:/shared");
            await Lab.SeenAsync("ends-alone", c => c.State == "running", "running");
            await StopEngineAsync();
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "end"), "");
            await Until.TrueAsync(() => File.Exists(Path.Combine(folder.FullName, "ended")), "it has ended");
            await Lab.Engine.StartAgainAsync();
            await Lab.LiveAsync();
            Assert.Equal(5, (await Lab.SeenAsync("ends-alone", c => c.State == "exited", "exited")).ExitCode);
            var told = await Lab.AlertAsync("ends-alone", _ => true, "opened");
            Assert.Equal((ContainerTroubleKind.Exited, "ended unexpectedly with code 5"), (told.Kind, told.Message));
            await Lab.Engine.DockerAsync("rm", "ends-alone");
            await Lab.AlertAsync("ends-alone", a => a.State == DockerAlertState.Closed, "closed");
            Assert.Single(await Lab.AlertsAsync("ends-alone"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
