using HomelabDashboard.Components.Pages.Hosts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;

namespace HomelabDashboard.Components.Shared;

/// <summary>What needs somebody, from a host's status and its last figures.</summary>
public static class HostProblems
{
    private static readonly TimeSpan Sustained = TimeSpan.FromMinutes(5);

    /// <summary>What its status alone says; null when nothing is wrong with it. In maintenance, only what concerns its key needs anybody.</summary>
    public static HostProblem? OfStatus(HostSummary host) => host.Status switch
    {
        HostStatus.KeyChanged => Problem(host, StatusShape.Crit, "Key changed", "shield-alert", "shows another host key than the one you approved", "nothing connects to it until you have looked", "/settings", "Look at it"),
        HostStatus.Unknown when !host.HostKeyApproved => Problem(host, StatusShape.Warn, "Key to approve", "fingerprint", "waits for you to approve its host key", "nothing connects to it before that", "/settings", "Approve…"),
        HostStatus.Offline when !host.Maintenance => Problem(host, StatusShape.Crit, "Offline", "server-off", "is offline", host.StatusReason, "", "Open", host.LastSeen),
        HostStatus.Degraded when !host.Maintenance => Problem(host, StatusShape.Warn, "Degraded", "triangle-alert", "is degraded", host.StatusReason, "", "Open"),
        _ => null,
    };

    /// <summary>What its status and its figures say, the worst first; empty when all is well.</summary>
    public static IReadOnlyList<HostProblem> Of(HostSummary host, HostReading? reading)
    {
        var problems = new List<HostProblem>();
        if (OfStatus(host) is { } status)
        {
            problems.Add(status);
        }

        if (host.Maintenance || host.Status is not (HostStatus.Online or HostStatus.Degraded) || reading is null)
        {
            return problems;
        }

        var latest = reading.Latest;
        var limits = Thresholds.Of(host);
        if (latest.Inventory is { } inventory)
        {
            problems.AddRange(StorageLook.Troubles(inventory, limits).Select(t => Problem(host, t.Look.Shape, t.Look.Word, "hard-drive", t.What, t.Detail, "/storage", "Open")));
        }

        foreach (var disk in latest.Filesystems.Where(f => f.UsagePercent >= limits.Critical))
        {
            problems.Add(Problem(host, StatusShape.Warn, "Disk filling", "hard-drive", $"{disk.Mount} is {Format.Percent(disk.UsagePercent)} full", $"{Format.Gigabytes(disk.TotalGb - disk.UsedGb)} left of {Format.Gigabytes(disk.TotalGb)}", "", "Open"));
        }

        if (latest.MemoryUsagePercent >= limits.Critical)
        {
            problems.Add(Problem(host, StatusShape.Warn, "Memory full", "memory-stick", $"uses {Format.Percent(latest.MemoryUsagePercent)} of its memory", null, "", "Open"));
        }

        if (latest.CpuTemperature >= Thresholds.Default.Critical)
        {
            problems.Add(Problem(host, StatusShape.Warn, "Hot", "thermometer", $"runs at {Format.Temperature(latest.CpuTemperature)}", null, "", "Open"));
        }

        // A peak is not a problem: only what has lasted.
        var lately = reading.Recent.Where(p => p.At > latest.CollectedAt - Sustained && p.CpuUsagePercent is not null).ToList();
        if (lately.Count > 1 && lately[^1].At - lately[0].At > Sustained / 2 && lately.Average(p => p.CpuUsagePercent!.Value) >= limits.Critical)
        {
            problems.Add(Problem(host, StatusShape.Warn, "CPU busy", "cpu", "has kept its CPU busy for 5 min", null, "", "Open"));
        }

        return problems;
    }

    /// <summary>How the host is shown: its status, or the first thing that is wrong with it.</summary>
    public static StatusLook Look(HostSummary host, IReadOnlyList<HostProblem> problems) =>
        host.Status is HostStatus.Online or HostStatus.Unknown && problems.Count > 0 ? problems[0].Look : StatusLook.Of(host.Status);

    private static HostProblem Problem(
        HostSummary host, StatusShape shape, string word, string icon, string what, string? detail, string tab, string action, DateTime? since = null) =>
        new(host.Id, host.Name, new(shape, word), icon, what, detail, since, $"/hosts/{host.Id}{tab}", action);
}
