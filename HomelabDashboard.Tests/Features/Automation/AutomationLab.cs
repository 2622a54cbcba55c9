using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>The whole program with a few hosts of one real sshd, and real Ansible.</summary>
internal sealed class AutomationLab : IAsyncDisposable
{
    /// <summary>A playbook that has all hosts sleep.</summary>
    public const string Sleeping = """
        - name: Sleep
          hosts: all
          gather_facts: false
          tasks:
            - name: Sleep for long
              ansible.builtin.command: sleep 300
              changed_when: false
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private AutomationLab(TestApp app, SshServer server, HttpClient api) => (App, Server, Api) = (app, server, api);

    public TestApp App { get; }

    public SshServer Server { get; }

    public HttpClient Api { get; }

    /// <summary>The ids of the hosts by name.</summary>
    public Dictionary<string, string> Hosts { get; } = [];

    /// <param name="hosts">Names of hosts that are online; those that end in <c>-web</c> are in the group web.</param>
    public static Task<AutomationLab> StartAsync(params string[] hosts) => StartAsync(new Dictionary<string, string>(), hosts);

    /// <param name="settings">Configuration keys.</param>
    /// <inheritdoc cref="StartAsync(string[])"/>
    public static async Task<AutomationLab> StartAsync(IReadOnlyDictionary<string, string> settings, params string[] hosts)
    {
        var addresses = Enumerable.Range(2, Math.Max(1, hosts.Length)).Select(n => $"127.0.0.{n}").ToArray();
        var server = await SshServer.StartAsync(addresses);
        var app = TestApp.Start(new Dictionary<string, string>(settings) { ["Homelab:Hosts:StartSpreadSeconds"] = "0", ["Homelab:Hosts:LongestBackoffSeconds"] = "1" });
        var lab = new AutomationLab(app, server, await app.ProgramAsync(UserRole.Operator));
        server.Authorize((await lab.GetAsync("ssh-key")).GetProperty("public_key").GetString()!);
        foreach (var (name, address) in hosts.Zip(addresses))
        {
            lab.Hosts[name] = await lab.AddAsync(name, address);
        }

        return lab;
    }

    /// <summary>Adds a host that the server answers for, and waits until it is online.</summary>
    public Task<string> AddAsync(string name, string address) => AddAsync(name, address, Server);

    /// <summary>Adds a host that a server answers for, and waits until it is online.</summary>
    public async Task<string> AddAsync(string name, string address, SshServer server)
    {
        var host = await PostAsync("hosts", new
        {
            name,
            ip_address = address,
            ssh_port = server.Port,
            ssh_user = server.User,
            ansible_group = name.EndsWith("-web", StringComparison.Ordinal) ? "web" : null,
        });
        var id = host.GetProperty("id").GetString()!;
        await PostAsync($"hosts/{id}/host-key/approve", new { fingerprint = (await GetAsync($"hosts/{id}/host-key")).GetProperty("offered").GetProperty("fingerprint").GetString() });
        await Until.TrueAsync(() => App.Services.GetRequiredService<HostConnections>().Live.Get(id) is not null, $"{name} is connected");
        return id;
    }

    public void Write(string playbook, string text) => File.WriteAllText(Path.Combine(App.Folder, "playbooks", playbook), text);

    /// <summary>Starts a run.</summary>
    /// <returns>The task's id.</returns>
    public async Task<string> RunAsync(string playbook, object order) =>
        (await PostAsync($"playbooks/{playbook}/run", order)).GetProperty("task_id").GetString()!;

    /// <summary>Waits until a run is over.</summary>
    public async Task<JsonElement> EndAsync(string task)
    {
        JsonElement run = default;
        await Until.TrueAsync(
            async () => (run = await GetAsync($"tasks/{task}")).GetProperty("status").GetString() is not ("pending" or "running"), "the run is over", Deadline);
        return run;
    }

    /// <summary>The run's whole output, without its colours.</summary>
    public async Task<string> OutputAsync(string task)
    {
        var answer = await GetAsync($"tasks/{task}/output?limit=2000");
        return WithoutColours(string.Join('\n', answer.GetProperty("lines").EnumerateArray().Select(l => l.GetString())));
    }

    public static string WithoutColours(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "\x1b\\[[0-9;]*m", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Api.GetAsync($"/api/v1/{path}");
        return await ReadAsync(answer);
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Api.PostAsJsonAsync($"/api/v1/{path}", body);
        return await ReadAsync(answer);
    }

    /// <summary>Waits until Ansible works on a run.</summary>
    /// <returns>The first process of the session that holds all of the run.</returns>
    public static async Task<int> LeaderAsync(string task)
    {
        var leader = 0;
        await Until.TrueAsync(
            () =>
            {
                foreach (var folder in Directory.EnumerateDirectories("/proc"))
                {
                    if (int.TryParse(Path.GetFileName(folder), out var pid) && File.Exists($"{folder}/environ"))
                    {
                        try
                        {
                            if (File.ReadAllText($"{folder}/environ").Contains(task, StringComparison.Ordinal) && ProcessSession.Members(pid).Contains(pid))
                            {
                                leader = pid;
                                return true;
                            }
                        }
                        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                        {
                        }
                    }
                }

                return false;
            },
            $"ansible runs for {task}",
            TimeSpan.FromSeconds(30));
        return leader;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await App.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
