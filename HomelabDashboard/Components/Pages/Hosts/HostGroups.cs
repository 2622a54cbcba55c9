namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>A list of hosts by their Ansible groups: those by name, and what is in none at the end. The order within stays.</summary>
internal static class HostGroups
{
    public static IReadOnlyList<(string? Name, IReadOnlyList<HostView> Rows)> Of(IReadOnlyList<HostView> rows) =>
    [
        .. rows.GroupBy(r => r.Host.AnsibleGroup).OrderBy(g => g.Key is null).ThenBy(g => g.Key, StringComparer.OrdinalIgnoreCase)
            .Select(g => ((string?)(g.Key ?? "Without a group"), (IReadOnlyList<HostView>)[.. g])),
    ];
}
