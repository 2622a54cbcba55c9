using System.Net;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>A host with a real engine, from its events to the tables and the API.</summary>
public sealed class DockerTests(DockerLab lab) : IClassFixture<DockerLab>
{
    [Fact]
    public async Task A_container_is_seen_from_its_start_to_its_end()
    {
        await lab.Engine.RunContainerAsync(
            "web", "trap 'exit 7' TERM; while :; do sleep 0.1; done", "--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web",
            "--health-cmd", "true", "--health-interval", "1s");
        var seen = await lab.SeenAsync("web", c => c.State == "running", "running");
        Assert.Equal(("shop", "web", PrivateEngine.Image), (seen.ComposeProject, seen.ComposeService, seen.Image));
        Assert.NotNull(seen.StartedAt);
        var built = await lab.App.AsAsync(UserRole.Viewer, services => services.GetRequiredService<DockerService>().ImagesBuiltAsync(CancellationToken.None));
        Assert.InRange(built[(lab.HostId, seen.ImageId!)], TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        await lab.SeenAsync("web", c => c.Health == ContainerHealth.Healthy, "healthy");
        await lab.Engine.DockerAsync("stop", "web");
        var ended = await lab.SeenAsync("web", c => c.State == "exited", "exited");
        Assert.Equal(7, ended.ExitCode);
        await lab.Engine.DockerAsync("rename", "web", "shop-web");
        Assert.Equal(seen.Id, (await lab.SeenAsync("shop-web", _ => true, "by its new name")).Id);
        await lab.Engine.DockerAsync("rm", "shop-web");
        await Until.TrueAsync(() => lab.Find("shop-web") is null, "it is gone from the board");
        Assert.DoesNotContain("shop-web", (await lab.RowsAsync()).Select(r => r.Name));
    }

    [Fact]
    public async Task Fifty_containers_started_and_removed_in_a_burst_leave_the_tables_right_and_alarm_nobody()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async part =>
        {
            for (var i = 0; i < 10; i++)
            {
                await lab.Engine.RunContainerAsync($"burst-{part}-{i}", "sleep 1000");
                if (i % 5 == 1)
                {
                    await lab.Engine.DockerAsync("kill", $"burst-{part}-{i}");
                }
                else if (i % 5 != 0)
                {
                    await lab.Engine.DockerAsync("rm", "-f", $"burst-{part}-{i}");
                }
            }
        }));
        var there = (await lab.Engine.DockerAsync("ps", "-a", "--filter", "name=burst", "--format", "{{.Names}} {{.State}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ToList();
        Assert.Equal((10, 10), (there.Count(c => c.EndsWith(" running", StringComparison.Ordinal)), there.Count(c => c.EndsWith(" exited", StringComparison.Ordinal))));
        await Until.TrueAsync(
            () => lab.Board.Containers.Snapshot().Values.Where(c => c.Name.StartsWith("burst", StringComparison.Ordinal)).Select(c => $"{c.Name} {c.State}").Order().SequenceEqual(there),
            "the board is right");
        Assert.Equal(there, (await lab.RowsAsync()).Where(r => r.Name.StartsWith("burst", StringComparison.Ordinal)).Select(r => $"{r.Name} {r.State}").Order());
        Assert.DoesNotContain(
            (await lab.GetAsync("docker/alerts")).GetProperty("items").EnumerateArray(), a => a.GetProperty("container_name").GetString()!.StartsWith("burst", StringComparison.Ordinal));
        await lab.Engine.DockerAsync(["rm", "-f", .. there.Select(c => c.Split(' ')[0])]);
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

        Assert.Contains("is not running", await lab.OperateAsync(HttpMethod.Post, $"docker/containers/{id}/kill"), StringComparison.Ordinal);
        Assert.Null(await lab.OperateAsync(HttpMethod.Delete, $"docker/containers/{id}"));
        await Until.TrueAsync(() => lab.Find("acted") is null, "it is gone");
        using var gone = await lab.Http.PostAsync($"/api/v1/docker/containers/{id}/start", null);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await Until.TrueAsync(
            async () =>
            {
                await using var db = await lab.DatabaseAsync();
                return await db.Set<HomelabDashboard.Features.Logs.LogEntry>().AnyAsync(l => l.Message == $"{TestApp.AdminName} removed acted on docker-01.");
            },
            "the activity log says so");
    }

    [Fact]
    public async Task A_viewer_looks_and_does_not_act()
    {
        await lab.Engine.DockerAsync("create", "--name", "looked-at", "--network", "none", "-e", "DB_PASSWORD=hunter2", "-e", "TZ=UTC", PrivateEngine.Image, "true");
        var id = (await lab.SeenAsync("looked-at", _ => true, "created")).Id;
        using var viewer = await lab.App.ProgramAsync(UserRole.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync($"/api/v1/docker/containers/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"/api/v1/docker/containers/{id}/start", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.DeleteAsync($"/api/v1/docker/containers/{id}")).StatusCode);
        var shown = await lab.App.AsAsync(UserRole.Viewer, async services => (await services.GetRequiredService<DockerService>().DetailsAsync(id, CancellationToken.None)).Value!);
        Assert.Null(Assert.Single(shown.Environment, v => v.Name == "DB_PASSWORD").Value);
        Assert.Equal("UTC", Assert.Single(shown.Environment, v => v.Name == "TZ").Value);
        var told = await lab.App.AsAsync(UserRole.Operator, async services => (await services.GetRequiredService<DockerService>().DetailsAsync(id, CancellationToken.None)).Value!);
        Assert.Equal("hunter2", Assert.Single(told.Environment, v => v.Name == "DB_PASSWORD").Value);
        Assert.DoesNotContain("hunter2", told.Json, StringComparison.Ordinal);
        await lab.Engine.DockerAsync("rm", "looked-at");
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged_and_have_the_tables_fields()
    {
        foreach (var name in new[] { "list-a", "list-b", "list-c" })
        {
            await lab.Engine.DockerAsync("create", "--name", name, "--network", "none", "--label", "com.docker.compose.project=listed", PrivateEngine.Image, "true");
        }

        await lab.SeenAsync("list-c", _ => true, "created");
        var first = await lab.GetAsync($"docker/containers?compose_project=listed&state=created&host_id={lab.HostId}&limit=2");
        var second = await lab.GetAsync($"docker/containers?compose_project=listed&limit=2&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(["list-a", "list-b", "list-c"], first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(c => c.GetProperty("name").GetString()).Order());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        Assert.Equal("list-b", Assert.Single((await lab.GetAsync("docker/containers?q=IST-B")).GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(2, first.GetProperty("items").GetArrayLength());
        var item = first.GetProperty("items")[0];
        foreach (var field in new[] { "id", "host_id", "container_id", "name", "image", "state", "status", "health", "created_at", "ports", "labels", "compose_project", "last_update_at" })
        {
            Assert.True(item.TryGetProperty(field, out _), field);
        }

        await lab.Engine.DockerAsync("rm", "list-a", "list-b", "list-c");
    }

    [Fact]
    public async Task A_log_is_read_as_plain_lines_and_followed_as_events()
    {
        await lab.Engine.RunContainerAsync("talks", "printf '\\033[31mred\\033[0m\\033[2J\\n'; echo wrong >&2; i=0; while :; do echo line $((i=i+1)); sleep 0.1; done");
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

        Assert.Matches(@"^data: 20\d\d-\d\d-\d\dT[\d:.]+Z line \d+$", events.First(e => e.StartsWith("data: ", StringComparison.Ordinal)));
        using var wrong = await lab.Http.GetAsync($"/api/v1/docker/containers/{id}/logs?tail=some");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        await lab.Engine.DockerAsync("rm", "-f", "talks");
    }

    [Fact]
    public async Task Running_containers_have_figures()
    {
        await lab.Engine.RunContainerAsync("busy", "while :; do :; done");
        var id = (await lab.SeenAsync("busy", c => c.State == "running", "running")).Id;
        await Until.TrueAsync(() => lab.Board.Readings.Get(id) is { Latest: { CpuPercent: > 1, MemoryBytes: > 0 }, Recent.Count: > 1 }, "its figures are there");
        await lab.Engine.DockerAsync("rm", "-f", "busy");
        await Until.TrueAsync(() => lab.Board.Readings.Get(id) is null, "what is gone has none");
    }

    [Fact]
    public async Task Images_and_volumes_are_listed_and_removed()
    {
        await lab.Engine.DockerAsync("volume", "create", "spare");
        await lab.Engine.DockerAsync("tag", PrivateEngine.Image, "spare:2");
        var volume = await ItemAsync("docker/volumes", v => v.GetProperty("name").GetString() == "spare");
        var image = await ItemAsync("docker/images", i => i.GetProperty("repo_tags").EnumerateArray().Any(t => t.GetString() == "spare:2"));
        Assert.True(image.GetProperty("size").GetInt64() > 0);
        Assert.Null(await lab.OperateAsync(HttpMethod.Delete, $"docker/volumes/{volume.GetProperty("id").GetInt32()}"));
        await Until.TrueAsync(async () => (await lab.GetAsync("docker/volumes")).GetProperty("items").EnumerateArray().All(v => v.GetProperty("name").GetString() != "spare"), "the volume is gone");

        // One that a container needs stays, though that container is stopped; any other goes with all its names.
        await lab.Engine.DockerAsync("create", "--name", "needs-it", "--network", "none", PrivateEngine.Image, "true");
        var refused = await lab.OperateAsync(HttpMethod.Delete, $"docker/images/{image.GetProperty("id").GetInt32()}");
        Assert.StartsWith("It is used by ", refused, StringComparison.Ordinal);
        Assert.Contains("needs-it", refused, StringComparison.Ordinal);
        await lab.Engine.DockerAsync("commit", "needs-it", "unneeded:1");
        await lab.Engine.DockerAsync("tag", "unneeded:1", "unneeded:2");
        var unneeded = await ItemAsync("docker/images", i => i.GetProperty("repo_tags").GetArrayLength() == 2 && i.GetProperty("repo_tags")[0].GetString()!.StartsWith("unneeded", StringComparison.Ordinal));
        Assert.Null(await lab.OperateAsync(HttpMethod.Delete, $"docker/images/{unneeded.GetProperty("id").GetInt32()}"));
        Assert.DoesNotContain("unneeded", await lab.Engine.DockerAsync("images"), StringComparison.Ordinal);
        await lab.Engine.DockerAsync("rm", "-f", "needs-it");
        await lab.Engine.DockerAsync("rmi", "spare:2");
    }

    [Fact]
    public async Task A_container_that_ends_by_itself_opens_an_alert_that_closes_by_itself()
    {
        await lab.Engine.RunContainerAsync("fragile", "sleep 1; exit 3");
        var alert = await AlertAsync("fragile", "open");
        Assert.Equal(("critical", "ended unexpectedly with code 3"), (alert.GetProperty("severity").GetString(), alert.GetProperty("message").GetString()));
        Assert.Equal(JsonValueKind.Null, alert.GetProperty("last_notified_at").ValueKind);
        var seen = await lab.PostAsync($"docker/alerts/{alert.GetProperty("id").GetInt64()}/acknowledge");
        Assert.Equal(("acknowledged", TestApp.AdminName), (seen.GetProperty("state").GetString(), seen.GetProperty("acknowledged_by").GetString()));
        await lab.App.LineAsync($"{TestApp.AdminName} acknowledged the alert “{seen.GetProperty("container_name").GetString()} {seen.GetProperty("message").GetString()}”.");
        await lab.Engine.DockerAsync("start", "fragile");
        await AlertAsync("fragile", "closed");

        // It fails again; and somebody stops another, which nobody is told of.
        var again = await AlertAsync("fragile", "open");
        await lab.PostAsync($"docker/alerts/{again.GetProperty("id").GetInt64()}/close");
        await lab.Engine.RunContainerAsync("stopped", "trap 'exit 5' TERM; while :; do sleep 0.1; done");
        await lab.SeenAsync("stopped", c => c.State == "running", "running");
        await lab.Engine.DockerAsync("stop", "stopped");
        await lab.SeenAsync("stopped", c => c.ExitCode == 5, "exited");
        await lab.Engine.RunContainerAsync("ill", "sleep 1000", "--health-cmd", "false", "--health-interval", "100ms", "--health-retries", "1");
        await AlertAsync("ill", "open");
        var names = (await lab.GetAsync("docker/alerts?state=open")).GetProperty("items").EnumerateArray().Select(a => a.GetProperty("container_name").GetString());
        Assert.DoesNotContain("stopped", names);
        Assert.DoesNotContain("fragile", names);
        await lab.Engine.DockerAsync("rm", "-f", "fragile", "stopped", "ill");
        await AlertAsync("ill", "closed");
    }

    private async Task<JsonElement> AlertAsync(string container, string state)
    {
        JsonElement found = default;
        await Until.TrueAsync(
            async () => (found = (await lab.GetAsync($"docker/alerts?host_id={lab.HostId}&state={state}")).GetProperty("items").EnumerateArray()
                .FirstOrDefault(a => a.GetProperty("container_name").GetString() == container)).ValueKind == JsonValueKind.Object, $"{container} has an alert that is {state}");
        return found;
    }

    private async Task<JsonElement> ItemAsync(string path, Func<JsonElement, bool> which)
    {
        JsonElement found = default;
        await Until.TrueAsync(
            async () => (found = (await lab.GetAsync(path)).GetProperty("items").EnumerateArray().FirstOrDefault(which)).ValueKind == JsonValueKind.Object, $"{path} has it");
        return found;
    }
}
