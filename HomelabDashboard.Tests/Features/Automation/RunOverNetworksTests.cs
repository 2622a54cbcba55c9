using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>Real Ansible against three hosts that each have a network of their own, as hosts have.</summary>
public sealed class RunOverNetworksTests
{
    private static readonly string[] Names = ["bad", "cut", "good"];

    [Fact]
    public async Task One_goes_well_one_fails_one_is_cut_off_and_those_two_are_run_again_when_they_are_well()
    {
        await using var lab = await AutomationLab.StartAsync(new Dictionary<string, string> { ["Homelab:Hosts:KeepAliveSeconds"] = "1" });
        await using var networks = await ThreeAsync(
            (await lab.GetAsync("ssh-key")).GetProperty("public_key").GetString()!, async (name, server) => lab.Hosts[name] = await lab.AddAsync(name, server.Address, server));
        var (begun, over, mended) = (Path.Combine(lab.App.Folder, "begun"), Path.Combine(lab.App.Folder, "over"), Path.Combine(lab.App.Folder, "mended"));
        lab.Write("work.yml", $$$"""
            - name: Work
              hosts: all
              gather_facts: false
              tasks:
                - name: Begin
                  ansible.builtin.shell: "touch {{{begun}}}-{{ inventory_hostname }}; while [ ! -e {{{over}}} ]; do sleep 0.1; done"
                  changed_when: false
                - name: Choose
                  ansible.builtin.shell: "[ {{ inventory_hostname }} != bad ] || [ -e {{{mended}}} ] || { echo no space left >&2; exit 3; }"
                  changed_when: false
            """);
        var task = await lab.RunAsync("work.yml", new { target = "all" });
        await Until.TrueAsync(() => Names.All(n => File.Exists($"{begun}-{n}")), "all three work", TimeSpan.FromSeconds(60));
        await networks["cut"].CutAsync();
        await Until.TrueAsync(async () => (await lab.OutputAsync(task)).Contains("fatal: [cut]: UNREACHABLE!", StringComparison.Ordinal), "it is seen to be cut off", TimeSpan.FromSeconds(60));
        await File.WriteAllTextAsync(over, "");
        Assert.Equal("failed", (await lab.EndAsync(task)).GetProperty("status").GetString());
        Assert.Equal([("bad", 1, 1, 0), ("cut", 0, 0, 1), ("good", 2, 0, 0)], await CountsAsync(task));

        await networks["cut"].MendAsync();
        await File.WriteAllTextAsync(mended, "");
        await Until.TrueAsync(() => lab.App.Services.GetRequiredService<HostConnections>().Live.Get(lab.Hosts["cut"]) is not null, "it is connected again", TimeSpan.FromSeconds(60));
        var again = (await lab.PostAsync($"tasks/{task}/rerun", new { failed_only = true })).GetProperty("task_id").GetString()!;
        Assert.Equal("completed", (await lab.EndAsync(again)).GetProperty("status").GetString());
        Assert.Equal([("bad", 2, 0, 0), ("cut", 2, 0, 0)], await CountsAsync(again));

        async Task<(string, int, int, int)[]> CountsAsync(string id)
        {
            var tree = await lab.App.AsAsync(UserRole.Viewer, async s => (await s.GetRequiredService<AutomationService>().TreeAsync(id, CancellationToken.None)).Value!);
            return [.. tree.Hosts.OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => (h.Name, h.Counts.Ok, h.Counts.Failed, h.Counts.Unreachable))];
        }
    }

    [Fact]
    public async Task Cancelled_ended_for_its_time_or_by_a_crash_while_a_host_is_away_a_run_leaves_no_Ansible()
    {
        var settings = new Dictionary<string, string>
        {
            ["HOMELAB_ADMIN_USERNAME"] = "ada",
            ["HOMELAB_ADMIN_PASSWORD"] = "correct horse battery",
            ["Homelab__Hosts__KeepAliveSeconds"] = "1",
        };
        var folder = Directory.CreateTempSubdirectory("homelab-networks-");
        try
        {
            string crashed;
            int leader;
            await using (var dashboard = await RunningDashboard.StartAsync(settings, folder.FullName))
            {
                using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", "correct horse battery");
                await using var networks = await ThreeAsync(await api.PublicKeyAsync(), (name, server) => api.ConnectAsync(server, name));
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, "playbooks", "sleep.yml"), AutomationLab.Sleeping);

                var cancelled = await BeginAsync(api, timeout: 600);
                await api.PostAsync($"tasks/{cancelled.Task}/cancel");
                Assert.Equal(("cancelled", "cancelled"), await EndAsync(api, cancelled));

                var late = await BeginAsync(api, timeout: 10);
                var (status, error) = await EndAsync(api, late);
                Assert.Equal("timeout", status);
                Assert.StartsWith("The run was ended after 10 seconds", error, StringComparison.Ordinal);

                await networks["cut"].CutAsync();
                (crashed, leader) = await BeginAsync(api, timeout: 600);
                await Until.TrueAsync(async () => (await api.GetAsync($"tasks/{crashed}")).GetProperty("hosts_failed").GetInt32() == 1, "one is away", TimeSpan.FromSeconds(60));
                Assert.Contains("fatal: [cut]: UNREACHABLE!", AutomationLab.WithoutColours((await api.GetAsync($"tasks/{crashed}/output")).GetProperty("lines").ToString()), StringComparison.Ordinal);
                await dashboard.CrashAsync();
            }

            await using (var dashboard = await RunningDashboard.StartAsync(settings, folder.FullName))
            {
                using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", "correct horse battery");
                Assert.Equal(("failed", "interrupted"), await EndAsync(api, (crashed, leader)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static async Task<(string Task, int Leader)> BeginAsync(ApiClient api, int timeout)
        {
            var task = (await api.PostAsync("playbooks/sleep.yml/run", new { target = "all", timeout })).GetProperty("task_id").GetString()!;
            var leader = await AutomationLab.LeaderAsync(task);
            await Until.TrueAsync(async () => (await api.GetAsync($"tasks/{task}")).GetProperty("message").GetString() == "Sleep for long", "it sleeps", TimeSpan.FromSeconds(60));
            return (task, leader);
        }

        static async Task<(string? Status, string? Error)> EndAsync(ApiClient api, (string Task, int Leader) begun)
        {
            await Until.TrueAsync(async () => (await api.GetAsync($"operations/{begun.Task}")).GetProperty("status").GetString() == "failed", "it is over", TimeSpan.FromSeconds(60));
            Assert.Empty(ProcessSession.Members(begun.Leader));
            var run = await api.GetAsync($"tasks/{begun.Task}");
            return (run.GetProperty("status").GetString(), run.GetProperty("error_message").GetString());
        }
    }

    /// <param name="connectAsync">Has the dashboard connect to a host, by its name.</param>
    private static async Task<Networks> ThreeAsync(string key, Func<string, SshServer, Task> connectAsync)
    {
        var networks = new Networks();
        try
        {
            foreach (var name in Names)
            {
                var server = await networks.AddAsync(name);
                server.Authorize(key);
                await connectAsync(name, server);
            }

            return networks;
        }
        catch
        {
            await networks.DisposeAsync();
            throw;
        }
    }

    private sealed class Networks : IAsyncDisposable
    {
        private readonly Dictionary<string, HostNetwork> _networks = [];
        private readonly List<SshServer> _servers = [];

        public HostNetwork this[string name] => _networks[name];

        public async Task<SshServer> AddAsync(string name)
        {
            var network = _networks[name] = await HostNetwork.StartAsync();
            var server = await SshServer.StartAsync(network);
            _servers.Add(server);
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var server in _servers)
            {
                await server.DisposeAsync();
            }

            foreach (var network in _networks.Values)
            {
                await network.DisposeAsync();
            }
        }
    }
}
