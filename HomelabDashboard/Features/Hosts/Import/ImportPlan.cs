namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>What an import does, or did.</summary>
/// <param name="Groups">How many Ansible groups are new or changed.</param>
/// <param name="Skipped">What is left out, in the order of its lines.</param>
public sealed record ImportPlan(IReadOnlyList<PlannedHost> Hosts, int Groups, IReadOnlyList<SkippedLine> Skipped)
{
    public IReadOnlyList<PlannedHost> New { get; } = [.. Hosts.Where(h => h.IsNew)];

    public IReadOnlyList<PlannedHost> Changed { get; } = [.. Hosts.Where(h => !h.IsNew && h.Changes.Count > 0)];

    public IReadOnlyList<PlannedHost> Same { get; } = [.. Hosts.Where(h => !h.IsNew && h.Changes.Count == 0)];

    /// <summary>Nothing would be other than it is.</summary>
    public bool IsEmpty => New.Count + Changed.Count + Groups == 0;
}
