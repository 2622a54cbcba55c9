using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.Ansible;
using HomelabDashboard.Infrastructure.Ssh;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Automation;

/// <summary>The dashboard's hosts as Ansible is to see them. Singleton.</summary>
public sealed class RunInventory(IDbContextFactory<HomelabDbContext> databases, AnsibleFolder folder, SshFolder ssh) : IDisposable
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Writes the hosts as they are now, for Ansible to read.</summary>
    /// <returns>The ids of the hosts by the names that they have there.</returns>
    public async Task<IReadOnlyDictionary<string, string>> WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var hosts = await db.Set<Host>().AsNoTracking().Where(h => h.Enabled).OrderBy(h => h.Name).ToListAsync(cancellationToken);
            var groups = await db.Set<AnsibleGroup>().AsNoTracking().OrderBy(g => g.Name).ToListAsync(cancellationToken);
            await folder.WriteInventoryAsync(Render(hosts, groups, ssh.Config, out var names), cancellationToken);
            return names;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    /// <param name="names">The ids of the hosts by the names that they have in the inventory.</param>
    internal static string Render(IReadOnlyList<Host> hosts, IReadOnlyList<AnsibleGroup> groups, string sshConfig, out IReadOnlyDictionary<string, string> names)
    {
        var members = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var group in hosts.SelectMany(h => h.OtherGroups.Append(h.AnsibleGroup)).OfType<string>()
            .Concat(groups.SelectMany(g => g.Parents.Append(g.Name))).Where(g => g is not ("all" or "ungrouped")))
        {
            members.TryAdd(group, new SortedSet<string>(StringComparer.Ordinal));
        }

        var ids = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var hostvars = new JsonObject();
        foreach (var host in hosts)
        {
            // A host that is called like a group would be one and the same to Ansible.
            var name = members.ContainsKey(host.Name) || host.Name is "all" or "ungrouped" ? host.Id : host.Name;
            ids[name] = host.Id;
            var vars = Object(host.AnsibleVars);
            vars["ansible_host"] = host.Id;
            vars["ansible_user"] = host.SshUser;
            vars["homelab_id"] = host.Id;
            vars["homelab_address"] = host.IpAddress;
            vars["homelab_tags"] = new JsonArray([.. host.Tags.Select(t => JsonValue.Create(t))]);
            hostvars[name] = vars;
            foreach (var group in host.OtherGroups.Append(host.AnsibleGroup).OfType<string>().Where(members.ContainsKey))
            {
                members[group].Add(name);
            }
        }

        var inventory = new JsonObject { ["_meta"] = new JsonObject { ["hostvars"] = hostvars } };
        foreach (var (name, hostNames) in members)
        {
            var children = groups.Where(g => g.Parents.Contains(name, StringComparer.Ordinal)).Select(g => g.Name);
            inventory[name] = new JsonObject
            {
                ["hosts"] = Array(hostNames),
                ["children"] = Array(children),
                ["vars"] = Object(groups.FirstOrDefault(g => g.Name == name)?.Vars),
            };
        }

        var all = Object(groups.FirstOrDefault(g => g.Name == "all")?.Vars);
        all["ansible_ssh_args"] = string.Create(CultureInfo.InvariantCulture, $"-F '{sshConfig.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        all["ansible_pipelining"] = true;
        inventory["all"] = new JsonObject { ["hosts"] = Array(ids.Keys), ["children"] = Array(members.Keys), ["vars"] = all };
        names = ids;
        return inventory.ToJsonString(Readable);
    }

    private static JsonObject Object(string? json) => json is null ? [] : JsonNode.Parse(json)!.AsObject();

    private static JsonArray Array(IEnumerable<string> items) => new([.. items.Select(i => JsonValue.Create(i))]);
}
