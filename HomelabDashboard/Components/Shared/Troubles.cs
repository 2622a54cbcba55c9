using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Components.Shared;

/// <summary>What needs somebody now: the troubles of the inbox that nobody has acknowledged, and what the status of a host says before an alert does.</summary>
/// <param name="Alerts">The worst and newest first.</param>
/// <param name="Hosts">The worst first.</param>
/// <param name="Acknowledged">What goes on and somebody sees to already; not counted.</param>
public sealed record Troubles(IReadOnlyList<AlertRecord> Alerts, IReadOnlyList<HostProblem> Hosts, IReadOnlyList<AlertRecord> Acknowledged)
{
    public int Count => Alerts.Count + Hosts.Count;

    public static Troubles Of(IReadOnlyDictionary<long, AlertRecord> open, IReadOnlyDictionary<string, HostSummary> hosts)
    {
        var problems = open.Values.Where(a => a.IsProblem).OrderByDescending(a => a.Level).ThenByDescending(a => a.CreatedAt).ToLookup(a => a.AcknowledgedAt is not null);
        var told = open.Values.Where(a => a is { Level: AlertLevel.Critical, Category: AlertCategory.Host or AlertCategory.Security, HostId: not null }).Select(a => a.HostId!).ToHashSet();
        return new(
            [.. problems[false]],
            [.. hosts.Values.Select(HostProblems.OfStatus).OfType<HostProblem>().Where(p => p.Look.Shape != StatusShape.Crit || !told.Contains(p.HostId)).OrderByDescending(p => p.Look.Shape).ThenBy(p => p.HostName, StringComparer.OrdinalIgnoreCase)],
            [.. problems[true]]);
    }
}
