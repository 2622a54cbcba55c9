using System.Text.Json;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>What Docker's engine is asked for and tells, with Podman's in its place.</summary>
public sealed class PodmanTests(PodmanLab lab) : IClassFixture<PodmanLab>
{
    [Fact]
    public async Task A_container_is_seen_from_its_start_to_its_end()
    {
        await lab.Engine.RunContainerAsync(
            "web", "trap 'exit 7' TERM; while :; do sleep 0.1; done", "--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web");
        var seen = await lab.SeenAsync("web", c => c.State == "running", "running");
        Assert.Equal(("shop", "web"), (seen.ComposeProject, seen.ComposeService));
        Assert.EndsWith(PrivateEngine.Image, seen.Image, StringComparison.Ordinal);
        Assert.NotNull(seen.StartedAt);
        await lab.Engine.DockerAsync("stop", "web");
        Assert.Equal(7, (await lab.SeenAsync("web", c => c.State == "exited", "exited")).ExitCode);
        await lab.Engine.DockerAsync("rename", "web", "shop-web");
        Assert.Equal(seen.Id, (await lab.SeenAsync("shop-web", _ => true, "by its new name")).Id);
        await lab.Engine.DockerAsync("rm", "shop-web");
        await Until.TrueAsync(() => lab.Find("shop-web") is null, "it is gone");
    }

    [Fact]
    public async Task Every_action_is_an_operation()
    {
        await lab.Engine.RunContainerAsync("acted", "trap 'exit 0' TERM; while :; do sleep 0.1; done");
        var id = (await lab.SeenAsync("acted", c => c.State == "running", "running")).Id;
        foreach (var (verb, state) in new[] { ("pause", "paused"), ("unpause", "running"), ("stop", "exited"), ("start", "running"), ("restart", "running"), ("kill", "exited") })
        {
            Assert.Null(await lab.OperateAsync(HttpMethod.Post, $"docker/containers/{id}/{verb}"));
            await lab.SeenAsync("acted", c => c.State == state, $"{state} after {verb}");
        }

        Assert.NotNull(await lab.OperateAsync(HttpMethod.Post, $"docker/containers/{id}/kill"));
        Assert.Null(await lab.OperateAsync(HttpMethod.Delete, $"docker/containers/{id}"));
        await Until.TrueAsync(() => lab.Find("acted") is null, "it is gone");
    }

    [Fact]
    public async Task A_log_is_read_and_followed()
    {
        await lab.Engine.RunContainerAsync("talks", "printf '\\033[31mred\\033[0m\\n'; echo wrong >&2; i=0; while :; do echo line $((i=i+1)); sleep 0.1; done", "--stop-timeout", "0");
        var id = (await lab.SeenAsync("talks", c => c.State == "running", "running")).Id;
        await Until.TrueAsync(async () => (await lab.Http.GetStringAsync($"/api/v1/docker/containers/{id}/logs")).Contains("line 2", StringComparison.Ordinal), "two lines are there");
        var lines = (await lab.Http.GetStringAsync($"/api/v1/docker/containers/{id}/logs?tail=all")).Split('\n');
        Assert.Equal(["red", "wrong", "line 1"], lines.Take(3).OrderBy(l => l == "line 1").ThenBy(l => l == "wrong"));
        using var stream = new StreamReader(await lab.Http.GetStreamAsync($"/api/v1/docker/containers/{id}/logs?tail=1&follow=true&timestamps=true"));
        var events = new List<string>();
        while (events.Count(e => e.StartsWith("data: ", StringComparison.Ordinal)) < 3)
        {
            events.Add((await stream.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)))!);
        }

        Assert.Matches(@"^data: 20\d\d-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d) line \d+$", events.First(e => e.StartsWith("data: ", StringComparison.Ordinal)));
        await lab.Engine.DockerAsync("rm", "-f", "talks");
    }

    [Fact]
    public async Task Running_containers_have_figures()
    {
        await lab.Engine.RunContainerAsync("busy", "while :; do :; done", "--stop-timeout", "0");
        var id = (await lab.SeenAsync("busy", c => c.State == "running", "running")).Id;
        await Until.TrueAsync(() => lab.Board.Readings.Get(id) is { Latest: { CpuPercent: > 1, MemoryBytes: > 0 }, Recent.Count: > 1 }, "its figures are there");
        await lab.Engine.DockerAsync("rm", "-f", "busy");
        await Until.TrueAsync(() => lab.Board.Readings.Get(id) is null, "what is gone has none");
    }

    [Fact]
    public async Task A_container_that_ends_by_itself_opens_an_alert_that_closes_by_itself()
    {
        await lab.Engine.RunContainerAsync("fragile", "sleep 2; exit 3");
        await AlertAsync("fragile", "ended unexpectedly with code 3");
        await lab.Engine.DockerAsync("start", "fragile");
        await AlertAsync("fragile", null);
        await AlertAsync("fragile", "ended unexpectedly with code 3");
        await lab.Engine.DockerAsync("rm", "-f", "fragile");
        await AlertAsync("fragile", null);
    }

    [Fact]
    public async Task A_container_that_the_dashboard_stops_or_kills_is_no_trouble()
    {
        foreach (var (name, verb) in new[] { ("stopped", "stop"), ("killed", "kill") })
        {
            await lab.Engine.RunContainerAsync(name, "trap 'exit 143' TERM; while :; do sleep 0.1; done");
            Assert.Null(await lab.OperateAsync(HttpMethod.Post, $"docker/containers/{(await lab.SeenAsync(name, c => c.State == "running", "running")).Id}/{verb}"));
            await lab.SeenAsync(name, c => c.State == "exited", "exited");
        }

        // One that ends after them by itself is told, so they would have been by then.
        await lab.Engine.RunContainerAsync("after-them", "sleep 2; exit 4");
        await AlertAsync("after-them", "ended unexpectedly with code 4");
        await AlertAsync("stopped", null);
        await AlertAsync("killed", null);
        await lab.Engine.DockerAsync("rm", "-f", "stopped", "killed", "after-them");
    }

    [Fact]
    public async Task Images_and_volumes_are_listed_and_what_nothing_uses_is_removed()
    {
        await lab.Engine.DockerAsync("volume", "create", "spare");
        JsonElement volume = default;
        await Until.TrueAsync(async () => (volume = await NamedAsync("spare")).ValueKind != JsonValueKind.Undefined, "the volume is listed");
        Assert.Contains(
            (await lab.GetAsync("docker/images")).GetProperty("items").EnumerateArray(),
            i => i.GetProperty("size").GetInt64() > 0 && i.GetProperty("repo_tags").EnumerateArray().Any(t => t.GetString()!.EndsWith(PrivateEngine.Image, StringComparison.Ordinal)));
        Assert.Null(await lab.OperateAsync(HttpMethod.Delete, $"docker/volumes/{volume.GetProperty("id").GetInt32()}"));
        await Until.TrueAsync(async () => (await NamedAsync("spare")).ValueKind == JsonValueKind.Undefined, "the volume is gone");

        async Task<JsonElement> NamedAsync(string name) =>
            (await lab.GetAsync("docker/volumes")).GetProperty("items").EnumerateArray().FirstOrDefault(v => v.GetProperty("name").GetString() == name);
    }

    [Fact]
    public async Task A_shell_inside_a_container_is_a_session()
    {
        await lab.Engine.RunContainerAsync("worked-in", "sleep 1000", "-e", "MARK=inside", "--stop-timeout", "0");
        var id = (await lab.SeenAsync("worked-in", c => c.State == "running", "running")).Id;
        var opened = await lab.PostAsync("sessions", new { host_id = lab.HostId, container_id = id });
        await using (var window = await lab.AttachAsync(opened))
        {
            await window.TypeAsync("echo $MARK-$((6*7))\r");
            await window.SeesAsync("inside-42");
        }

        await lab.Engine.DockerAsync("rm", "-f", "worked-in");
        await Until.TrueAsync(
            async () => (await lab.GetAsync($"sessions/{opened.GetProperty("id").GetString()}")).GetProperty("status").GetString() == "closed", "the shell has ended with its container");
    }

    private Task AlertAsync(string name, string? message) => Until.TrueAsync(
        async () => (await lab.GetAsync("docker/alerts?state=open")).GetProperty("items").EnumerateArray()
            .Where(a => a.GetProperty("container_name").GetString() == name).Select(a => a.GetProperty("message").GetString()).SingleOrDefault() == message,
        $"the alert of {name} is {message ?? "closed"}");
}
