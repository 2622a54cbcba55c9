using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Schedules;

/// <summary>The whole program with one host of a real sshd, real Ansible, and playbooks that leave marks in a folder.</summary>
internal sealed class ScheduleLab : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Homelab:Hosts:StartSpreadSeconds"] = "0",
        ["Homelab:Hosts:LongestBackoffSeconds"] = "1",
        ["Homelab:Schedules:FirstRetrySeconds"] = "1",
    };

    private ScheduleLab(SshServer server) => Server = server;

    public TestApp App { get; private set; } = null!;

    public HttpClient Api { get; private set; } = null!;

    public SshServer Server { get; }

    public string HostId { get; private set; } = "";

    public static async Task<ScheduleLab> StartAsync()
    {
        var lab = new ScheduleLab(await SshServer.StartAsync("127.0.0.2")) { App = TestApp.Start(Settings) };
        lab.Api = await lab.App.ProgramAsync(UserRole.Operator);
        lab.Server.Authorize((await lab.GetAsync("ssh-key")).GetProperty("public_key").GetString()!);
        var host = await lab.PostAsync("hosts", new { name = "nas", ip_address = lab.Server.Address, ssh_port = lab.Server.Port, ssh_user = lab.Server.User });
        lab.HostId = host.GetProperty("id").GetString()!;
        await lab.PostAsync($"hosts/{lab.HostId}/host-key/approve", new { fingerprint = (await lab.GetAsync($"hosts/{lab.HostId}/host-key")).GetProperty("offered").GetProperty("fingerprint").GetString() });
        await lab.ConnectedAsync();
        lab.Write("quick.yml", Play("command: touch quick"));
        lab.Write("slow.yml", Play($"shell: {lab.Held}"));
        lab.Write("broken.yml", Play("command: 'false'"));
        return lab;
    }

    /// <summary>A playbook of one task on all hosts.</summary>
    public static string Play(string task) => $"- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Do it\n      ansible.builtin.{task}\n";

    /// <summary>A command that goes on until <see cref="Release"/>, or for a minute.</summary>
    public string Held => $"for i in $(seq 600); do [ -e {Gate} ] && break; sleep 0.1; done";

    private string Gate => Path.Combine(App.Folder, "go");

    public void Release() => File.WriteAllText(Gate, "");

    public void Write(string playbook, string text) => File.WriteAllText(Path.Combine(App.Folder, "playbooks", playbook), text);

    /// <summary>Ends the program, does something while it is away, and starts it again in the same folder.</summary>
    public async Task RestartAsync(Func<Task> meanwhile)
    {
        var folder = App.Folder;
        Api.Dispose();
        App.KeepFolder();
        await App.DisposeAsync();
        await meanwhile();
        App = TestApp.Start(Settings, folder: folder);
        Api = await App.ProgramAsync(UserRole.Admin);
    }

    /// <returns>The schedule's id.</returns>
    public async Task<string> AddAsync(object schedule) => (await PostAsync("schedules", schedule)).GetProperty("id").GetString()!;

    /// <summary>The runs of a schedule, oldest first.</summary>
    public async Task<List<JsonElement>> RunsAsync(string id) =>
        [.. (await GetAsync($"schedules/{id}/runs")).GetProperty("items").EnumerateArray().Reverse()];

    /// <summary>Waits until the runs of a schedule are as told: status and trigger, oldest first.</summary>
    public async Task<List<JsonElement>> UntilRunsAsync(string id, params string[] expected)
    {
        List<JsonElement> runs = [];
        List<string> seen = [];
        try
        {
            await Until.TrueAsync(
                async () =>
                {
                    runs = await RunsAsync(id);
                    seen = [.. runs.Select(r => $"{r.GetProperty("status").GetString()} {r.GetProperty("trigger_type").GetString()}")];
                    return seen.SequenceEqual(expected);
                },
                "the runs are as expected",
                TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Expected {string.Join(", ", expected)}, and found {string.Join(", ", runs)}");
        }

        return runs;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Api.GetAsync($"/api/v1/{path}");
        return await ReadAsync(answer);
    }

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var answer = await Api.PostAsJsonAsync($"/api/v1/{path}", body ?? new { });
        return await ReadAsync(answer);
    }

    public async Task<(HttpStatusCode Status, JsonElement Answer)> TryAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}") { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Api.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await App.DisposeAsync();
        await Server.DisposeAsync();
    }

    private Task ConnectedAsync() => Until.TrueAsync(() => App.Services.GetRequiredService<HostConnections>().Live.Get(HostId) is not null, "the host is connected");

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
