using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Hosts;
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
        await using var networks = await ThreeAsync(lab);
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

    private static async Task<Networks> ThreeAsync(AutomationLab lab)
    {
        var networks = new Networks();
        try
        {
            var key = (await lab.GetAsync("ssh-key")).GetProperty("public_key").GetString()!;
            foreach (var name in Names)
            {
                var server = await networks.AddAsync(name);
                server.Authorize(key);
                lab.Hosts[name] = await lab.AddAsync(name, server.Address, server);
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
