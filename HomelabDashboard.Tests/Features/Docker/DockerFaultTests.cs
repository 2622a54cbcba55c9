using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>An engine and a connection that go and come back.</summary>
public sealed class DockerFaultTests(DockerLab lab) : IClassFixture<DockerLab>
{
    [Fact]
    public async Task What_happened_while_nobody_listened_is_made_good()
    {
        await lab.Engine.RunContainerAsync("before", "sleep 1000");
        await lab.SeenAsync("before", c => c.State == "running", "running");
        await lab.Engine.RunContainerAsync("turns-ill", "sleep 1000", "--health-cmd", "test ! -e /ill", "--health-interval", "200ms", "--health-retries", "1");
        await lab.SeenAsync("turns-ill", c => c.Health == ContainerHealth.Healthy, "healthy");
        await lab.Engine.RunContainerAsync("restarts", "sleep 1000");
        var started = (await lab.SeenAsync("restarts", c => c.StartedAt is not null, "started")).StartedAt;

        // The connection is cut, and meanwhile one container goes and another comes.
        await lab.Server.StopAsync();
        await Until.TrueAsync(() => lab.Board.Hosts.Get(lab.HostId) is { Live: false, LastTrueAt: not null }, "it is said not to be followed");
        Assert.Equal("running", lab.Find("before")!.State);
        await lab.Engine.DockerAsync("rm", "-f", "before");
        await lab.Engine.RunContainerAsync("after", "sleep 1000");
        await lab.Engine.DockerAsync("restart", "-t", "0", "restarts");
        await lab.Engine.DockerAsync("exec", "turns-ill", "sh", "-c", ": > /ill");
        await Until.TrueAsync(async () => (await lab.Engine.DockerAsync("inspect", "-f", "{{.State.Health.Status}}", "turns-ill")).Trim() == "unhealthy", "its check fails");
        await lab.Server.RestartAsync();
        await lab.LiveAsync();
        await lab.SeenAsync("after", c => c.State == "running", "running");
        await Until.TrueAsync(() => lab.Find("before") is null, "what went is gone");
        await lab.SeenAsync("turns-ill", c => c.Health == ContainerHealth.Unhealthy, "unhealthy");
        await lab.SeenAsync("restarts", c => c.StartedAt > started, "started anew");

        // The engine is stopped, and with it its containers.
        await lab.Engine.StopAsync();
        await Until.TrueAsync(() => lab.Board.Hosts.Get(lab.HostId) is { Live: false, Status: DockerStatus.Stopped, Reason: not null }, "the engine is said to be stopped");
        Assert.Contains("systemctl enable --now docker", lab.Board.Hosts.Get(lab.HostId)!.Reason, StringComparison.Ordinal);
        Assert.Equal("stopped", (await lab.GetAsync($"hosts/{lab.HostId}")).GetProperty("docker_status").GetString());
        Assert.Equal(HostStatus.Online, lab.App.Services.GetRequiredService<HostBoard>().Live.Get(lab.HostId)!.Status);
        using var refused = await lab.Http.PostAsync($"/api/v1/docker/containers/{lab.Find("after")!.Id}/start", null);
        Assert.Equal(System.Net.HttpStatusCode.BadGateway, refused.StatusCode);

        await lab.Engine.StartAgainAsync();
        await lab.LiveAsync();
        await lab.SeenAsync("after", c => c.State == "exited", "exited");
        Assert.Equal("running", (await lab.GetAsync($"hosts/{lab.HostId}")).GetProperty("docker_status").GetString());
        Assert.Equal(2, lab.Server.Logins);

        // A host that takes no part any more has none here.
        using var disabled = await System.Net.Http.Json.HttpClientJsonExtensions.PatchAsJsonAsync(lab.Http, $"/api/v1/hosts/{lab.HostId}", new { docker_enabled = false });
        Assert.True(disabled.IsSuccessStatusCode);
        await Until.TrueAsync(() => lab.Board.Containers.Snapshot().Values.All(c => c.HostId != lab.HostId), "its containers are gone");
    }
}
