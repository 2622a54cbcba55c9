using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker.Stacks;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>Compose projects on a real engine with the real plugin: their files on the host, and what is done with them.</summary>
public sealed class StackTests(DockerLab lab) : IClassFixture<DockerLab>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-stack-").FullName;

    private static string Service(string name, string extra = "") => $$"""
          {{name}}:
            image: {{PrivateEngine.Image}}
            command: ["sh", "-c", "while :; do sleep 1; done"]
            network_mode: none
            stop_signal: SIGKILL
        {{extra}}
        """;

    [Fact]
    public async Task A_project_is_edited_applied_taken_down_and_brought_up_again()
    {
        var file = await UpAsync("shop", _folder, "services:\n" + Service("web"));
        var path = $"docker/stacks/{lab.HostId}/shop";
        var first = await lab.GetAsync(path);
        Assert.Equal(("running", 1, _folder), (first.GetProperty("stack").GetProperty("status").GetString(), first.GetProperty("stack").GetProperty("containers").GetInt32(), first.GetProperty("stack").GetProperty("working_dir").GetString()));
        Assert.Equal("web", first.GetProperty("services")[0].GetProperty("service").GetString());
        Assert.NotEqual(JsonValueKind.Null, first.GetProperty("compose_version").ValueKind);
        Assert.Equal(await File.ReadAllTextAsync(file), first.GetProperty("files")[0].GetProperty("content").GetString());
        var etag = first.GetProperty("files")[0].GetProperty("etag").GetString()!;

        // What Compose does not take is not saved, and its own words say why.
        var (status, refused) = await PutAsync(path, "services:\n  web:\n    imagine: x\n", etag);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("imagine", refused.GetProperty("errors").GetProperty("content")[0].GetString(), StringComparison.Ordinal);
        var before = await File.ReadAllTextAsync(file);
        var changed = before + "\n" + Service("extra") + "\n";
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(path + "?check=true", changed, etag)).Status);
        Assert.Equal(before, await File.ReadAllTextAsync(file));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(path, changed, null)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(path, changed, StackFiles.EtagOf("something else"))).Status);

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var (saved, answer) = await PutAsync(path, changed, etag);
        Assert.Equal((HttpStatusCode.OK, true), (saved, answer.GetProperty("checked").GetBoolean()));
        Assert.Equal((changed, before), (await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(file + ".bak")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.Equal(["compose.yaml", "compose.yaml.bak"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(path, before, etag)).Status);

        // What the file names and nobody has made yet is told.
        Assert.Equal(["web running", "extra not_created"], await ServicesAsync(path));
        Assert.Null(await lab.OperateAsync(HttpMethod.Post, path + "/mutate"));
        await StatusAsync(path, "running", 2);
        Assert.Equal(["extra running", "web running"], await ServicesAsync(path));
        Assert.Null(await lab.OperateAsync(HttpMethod.Post, path + "/down"));
        await StatusAsync(path, "down", 0);
        var down = (await lab.GetAsync("operations")).GetProperty("items").EnumerateArray().First(o => o.GetProperty("kind").GetString() == "down" && o.GetProperty("target").GetString()!.EndsWith("/shop", StringComparison.Ordinal));
        Assert.Contains("shop-web-1", (await lab.GetAsync($"operations/{down.GetProperty("id").GetString()}/output")).ToString(), StringComparison.Ordinal);

        // None of its containers is left to tell where its files are, and it is brought up all the same.
        Assert.Null(await lab.OperateAsync(HttpMethod.Post, path + "/deploy"));
        await StatusAsync(path, "running", 2);
        using var inUse = await lab.Http.DeleteAsync("/api/v1/" + path);
        Assert.Equal(HttpStatusCode.Conflict, inUse.StatusCode);
        await lab.OperateAsync(HttpMethod.Post, path + "/down");
        await StatusAsync(path, "down", 0);
        using var forgotten = await lab.Http.DeleteAsync("/api/v1/" + path);
        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        Assert.DoesNotContain((await lab.GetAsync("docker/stacks")).GetProperty("items").EnumerateArray(), s => s.GetProperty("name").GetString() == "shop");
    }

    [Fact]
    public async Task What_Compose_could_not_do_is_told_in_its_words()
    {
        var file = await UpAsync("broken", _folder, "services:\n" + Service("web"));
        await File.WriteAllTextAsync(file, "services:\n  web:\n    image: no-such-image:1\n    network_mode: none\n    pull_policy: never\n");
        Assert.Contains("no-such-image", await lab.OperateAsync(HttpMethod.Post, $"docker/stacks/{lab.HostId}/broken/mutate"), StringComparison.OrdinalIgnoreCase);
        await lab.Engine.DockerAsync("rm", "-f", "broken-web-1");
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_the_middle_takes_nothing_along()
    {
        // It takes ten seconds to stop.
        await UpAsync("cut", _folder, "services:\n" + Service("web").Replace("while :", "trap : TERM; while :", StringComparison.Ordinal).Replace("stop_signal: SIGKILL", "stop_grace_period: 10s", StringComparison.Ordinal));
        var id = (await lab.PostAsync($"docker/stacks/{lab.HostId}/cut/down")).GetProperty("operation_ids")[0].GetString()!;
        var marks = lab.App.Services.GetRequiredService<OperationOutputs>().Marks;
        await Until.TrueAsync(() => marks.Get(id) is { Lines: > 0 }, "Compose has begun");
        await lab.Server.StopAsync();
        await Until.TrueAsync(async () => (await OutputAsync(id)).Contains("was lost", StringComparison.Ordinal), "the loss is said");
        await lab.BackAsync();
        await EndAsync(id);
        Assert.Empty(await lab.Engine.DockerAsync("ps", "-aq", "--filter", "label=com.docker.compose.project=cut"));
    }

    [Fact]
    public async Task A_deploy_that_is_cut_is_seen_through()
    {
        var file = await UpAsync("halfway", _folder, "services:\n" + Service("web"));
        await File.AppendAllTextAsync(file, string.Join('\n', Service("gate", "    healthcheck: { test: [CMD, cat, /ready], interval: 1s, retries: 1000 }"), Service("late", "    depends_on: { gate: { condition: service_healthy } }"), ""));
        var path = $"docker/stacks/{lab.HostId}/halfway";
        var id = (await lab.PostAsync(path + "/deploy")).GetProperty("operation_ids")[0].GetString()!;
        await lab.SeenAsync("halfway-gate-1", c => c.State == "running", "running");
        Assert.Equal("running", (await lab.GetAsync($"operations/{id}")).GetProperty("status").GetString());
        await lab.Server.StopAsync();
        await Until.TrueAsync(async () => (await OutputAsync(id)).Contains("Compose is asked again once the host is back.", StringComparison.Ordinal), "the loss is said");
        await lab.BackAsync();

        // What was begun is told as it is, and the rest comes.
        string[] truth = [];
        async Task<IEnumerable<string>> ToldAsync() => (await lab.GetAsync(path)).GetProperty("services").EnumerateArray().Select(s => $"{s.GetProperty("container_name").GetString()} {s.GetProperty("state").GetString()}").Order();
        async Task LookAsync() => truth = [.. (await lab.Engine.DockerAsync("ps", "-a", "--filter", "label=com.docker.compose.project=halfway", "--format", "{{.Names}} {{.State}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order()];
        await LookAsync();
        Assert.Equal(truth, await ToldAsync());
        Assert.Equal(("running", "partial"), ((await lab.GetAsync($"operations/{id}")).GetProperty("status").GetString(), (await lab.GetAsync(path)).GetProperty("stack").GetProperty("status").GetString()));
        await lab.Engine.DockerAsync("exec", "halfway-gate-1", "sh", "-c", ": > /ready");
        await EndAsync(id);
        await LookAsync();
        Assert.Equal(["halfway-gate-1 running", "halfway-late-1 running", "halfway-web-1 running"], truth);
        await Until.TrueAsync(async () => truth.SequenceEqual(await ToldAsync()), "its services are told as they are");
        await lab.Engine.DockerAsync(["rm", "-f", .. truth.Select(c => c.Split(' ')[0])]);
    }

    [Fact]
    public async Task No_folder_s_name_is_taken_for_a_command()
    {
        var folder = Path.Combine(_folder, "it's $(touch pwned); `touch pwned` \"x\" & -f");
        Directory.CreateDirectory(folder);
        await UpAsync("quoted", folder, "services:\n" + Service("web"));
        var path = $"docker/stacks/{lab.HostId}/quoted";
        var file = (await lab.GetAsync(path)).GetProperty("files")[0];
        var text = file.GetProperty("content").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(path, text + "# $(touch pwned)\n", file.GetProperty("etag").GetString())).Status);
        Assert.Null(await lab.OperateAsync(HttpMethod.Post, path + "/mutate"));
        Assert.Null(await lab.OperateAsync(HttpMethod.Post, path + "/down"));
        Assert.Empty(Directory.GetFiles(_folder, "pwned", SearchOption.AllDirectories));
        Assert.False(File.Exists(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "pwned")));
    }

    [Theory]
    [InlineData("/etc", "/etc/shadow")]
    [InlineData("relative", "relative/compose.yaml")]
    [InlineData("/srv", "/srv/a.yaml\n/etc/shadow.yaml")]
    [InlineData(null, "/srv/compose.yaml")]
    public void Labels_that_say_something_impossible_name_no_file(string? folder, string files)
    {
        var labels = new Dictionary<string, string> { ["com.docker.compose.project.config_files"] = files };
        if (folder is not null)
        {
            labels["com.docker.compose.project.working_dir"] = folder;
        }

        Assert.Null(StackDefinition.Of(labels));
    }

    [Fact]
    public async Task Who_may_only_look_sees_services_and_no_files()
    {
        await UpAsync("looked", _folder, "services:\n" + Service("web", "    environment: { DB_PASSWORD: hunter2 }"));
        using var viewer = await lab.App.ProgramAsync(UserRole.Viewer);
        var shown = await viewer.GetStringAsync($"/api/v1/docker/stacks/{lab.HostId}/looked");
        Assert.Contains("looked-web-1", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        using var refused = await viewer.PostAsync($"/api/v1/docker/stacks/{lab.HostId}/looked/down", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await lab.Engine.DockerAsync("rm", "-f", "looked-web-1");
    }

    [Fact]
    public async Task Where_there_is_no_Compose_plugin_that_is_said()
    {
        await UpAsync("pluginless", _folder, "services:\n" + Service("web"));
        var path = $"docker/stacks/{lab.HostId}/pluginless";
        File.Move(lab.Engine.ComposePlugin, lab.Engine.ComposePlugin + "-away");
        try
        {
            var shown = await lab.GetAsync(path);
            Assert.Equal(JsonValueKind.Null, shown.GetProperty("compose_version").ValueKind);
            var plan = await lab.App.AsAsync(UserRole.Viewer, services => services.GetRequiredService<StackDesk>().PlanAsync(lab.HostId, "pluginless", CancellationToken.None));
            Assert.False(plan.Value!.HasCompose);
            Assert.StartsWith("There is no Compose plugin on this host.", await lab.OperateAsync(HttpMethod.Post, path + "/mutate"), StringComparison.Ordinal);
            var file = shown.GetProperty("files")[0];
            var (_, saved) = await PutAsync(path, file.GetProperty("content").GetString() + "\n", file.GetProperty("etag").GetString());
            Assert.False(saved.GetProperty("checked").GetBoolean());
        }
        finally
        {
            File.Move(lab.Engine.ComposePlugin + "-away", lab.Engine.ComposePlugin);
        }

        await lab.Engine.DockerAsync("rm", "-f", "pluginless-web-1");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>As somebody does it on the host itself.</summary>
    private async Task<string> UpAsync(string name, string folder, string text)
    {
        var file = Path.Combine(folder, "compose.yaml");
        await File.WriteAllTextAsync(file, text + "\n");
        await lab.Engine.DockerAsync("compose", "-p", name, "-f", file, "up", "-d");
        await lab.SeenAsync($"{name}-web-1", c => c.State == "running", "running");
        return file;
    }

    private async Task<IEnumerable<string>> ServicesAsync(string path) =>
        (await lab.GetAsync(path)).GetProperty("services").EnumerateArray().Select(s => $"{s.GetProperty("service").GetString()} {s.GetProperty("state").GetString()}");

    private async Task<string> OutputAsync(string operation) => (await lab.GetAsync($"operations/{operation}/output")).ToString();

    /// <summary>Waits until an operation has succeeded.</summary>
    private async Task EndAsync(string id)
    {
        JsonElement operation = default;
        await Until.TrueAsync(async () => (operation = await lab.GetAsync($"operations/{id}")).GetProperty("completed_at").ValueKind != JsonValueKind.Null, "the operation has ended", TimeSpan.FromSeconds(40));
        Assert.Equal(("succeeded", null), (operation.GetProperty("status").GetString(), operation.GetProperty("error").GetString()));
    }

    private Task StatusAsync(string path, string status, int containers) => Until.TrueAsync(
        async () => (await lab.GetAsync(path)).GetProperty("stack") is var stack && stack.GetProperty("status").GetString() == status && stack.GetProperty("containers").GetInt32() == containers,
        $"{path} is {status} with {containers} containers");

    private async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(string path, string content, string? etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/" + path) { Content = JsonContent.Create(new { content }) };
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        using var answer = await lab.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
