using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>Shells inside the containers of a real engine, by the sessions that hosts' terminals have.</summary>
public sealed class ContainerShellTests(DockerLab lab) : IClassFixture<DockerLab>
{
    [Fact]
    public async Task A_shell_inside_a_container_is_a_session_like_any_other()
    {
        await lab.Engine.RunContainerAsync("worked-in", "sleep 1000", "-e", "MARK=inside", "--hostname", "worked-in");
        var id = (await lab.SeenAsync("worked-in", c => c.State == "running", "running")).Id;
        var opened = await lab.PostAsync("sessions", new { host_id = lab.HostId, container_id = id });
        var session = opened.GetProperty("id").GetString()!;
        await using (var window = await lab.AttachAsync(opened))
        {
            await window.TypeAsync("echo $MARK-$((6*7))-$(cat /proc/sys/kernel/hostname)\r");
            await window.SeesAsync("inside-42-worked-in");
        }

        // A shell on the host is another one, and each is found again for what it is.
        var onHost = await lab.PostAsync("sessions", new { host_id = lab.HostId, reuse = true });
        Assert.NotEqual(session, onHost.GetProperty("id").GetString());
        var again = await lab.PostAsync("sessions", new { host_id = lab.HostId, container_id = id, reuse = true });
        Assert.Equal(session, again.GetProperty("id").GetString());
        await using (var window = await lab.AttachAsync(again))
        {
            await window.SeesAsync("inside-42-worked-in");
        }

        var shown = await lab.GetAsync($"sessions/{session}");
        Assert.Equal((id, "worked-in", "docker-01"), (shown.GetProperty("container_id").GetInt32(), shown.GetProperty("container_name").GetString(), shown.GetProperty("host_name").GetString()));
        Assert.Equal(JsonValueKind.Null, (await lab.GetAsync($"sessions/{onHost.GetProperty("id").GetString()}")).GetProperty("container_id").ValueKind);

        // The session outlives neither the container nor its name in the list.
        await lab.Engine.DockerAsync("rm", "-f", "worked-in");
        JsonElement ended = default;
        await Until.TrueAsync(async () => (ended = await lab.GetAsync($"sessions/{session}")).GetProperty("status").GetString() == "closed", "the shell has ended with its container");
        Assert.Equal("worked-in", ended.GetProperty("container_name").GetString());
        Assert.Contains("worked-in stops", ended.GetProperty("closed_detail").GetString(), StringComparison.Ordinal);
        await lab.Http.DeleteAsync($"/api/v1/sessions/{onHost.GetProperty("id").GetString()}");
    }

    [Fact]
    public async Task Where_a_container_has_bash_its_commands_are_recorded_and_its_own_path_stays()
    {
        var image = await lab.Engine.ImportBashAsync();
        await lab.Engine.DockerAsync("run", "-d", "--name", "bashful", "--network", "none", "-e", "PATH=/bin:/usr/bin:/opt/tools", image, "sleep", "1000");
        var id = (await lab.SeenAsync("bashful", c => c.State == "running", "running")).Id;
        var opened = await lab.PostAsync("sessions", new { host_id = lab.HostId, container_id = id });
        await using (var window = await lab.AttachAsync(opened))
        {
            await window.TypeAsync("echo $PATH $BASH_VERSION-is-bash\r");
            await window.SeesAsync("/opt/tools");
            await window.SeesAsync("-is-bash");
        }

        var session = opened.GetProperty("id").GetString()!;
        await Until.TrueAsync(
            async () =>
            {
                await using var db = await lab.App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
                return await db.Set<TerminalCommandLog>().AnyAsync(c => c.TerminalSessionId == session && c.Command == "echo $PATH $BASH_VERSION-is-bash");
            },
            "the command is in the record");
        await lab.Engine.DockerAsync("rm", "-f", "bashful");
    }

    [Fact]
    public async Task Why_there_is_no_shell_is_said_in_words()
    {
        await lab.Engine.DockerAsync("create", "--name", "never-ran", "--network", "none", PrivateEngine.Image, "true");
        var stopped = (await lab.SeenAsync("never-ran", _ => true, "created")).Id;
        await RefusedAsync(HttpStatusCode.Conflict, "CONTAINER_NOT_RUNNING", new { host_id = lab.HostId, container_id = stopped });
        await lab.Engine.RunContainerAsync("shell-less", "mv /bin/sh /bin/hidden; exec sleep 1000");
        var bare = (await lab.SeenAsync("shell-less", c => c.State == "running", "running")).Id;
        await Until.TrueAsync(async () => (await OpenAsync(new { host_id = lab.HostId, container_id = bare })).Code == "NO_SHELL", "there is no shell");
        await RefusedAsync(HttpStatusCode.NotFound, "NOT_FOUND", new { host_id = lab.HostId, container_id = 999_999 });
        await lab.Engine.DockerAsync("rm", "-f", "never-ran", "shell-less");
    }

    [Fact]
    public async Task A_token_for_terminals_alone_opens_none_inside_a_container()
    {
        await lab.Engine.RunContainerAsync("guarded", "sleep 1000");
        var id = (await lab.SeenAsync("guarded", c => c.State == "running", "running")).Id;
        using var program = await lab.App.ProgramAsync(UserRole.Admin, Scopes.SessionsExecute);
        using var answer = await program.PostAsJsonAsync("/api/v1/sessions", new { host_id = lab.HostId, container_id = id });
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await lab.Engine.DockerAsync("rm", "-f", "guarded");
    }

    private async Task RefusedAsync(HttpStatusCode status, string code, object request) => Assert.Equal((status, code), await OpenAsync(request));

    private async Task<(HttpStatusCode Status, string? Code)> OpenAsync(object request)
    {
        using var answer = await lab.Http.PostAsJsonAsync("/api/v1/sessions", request);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, body.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}
