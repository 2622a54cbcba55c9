using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;
using HomelabDashboard.Features.Schedules;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>What each kind of rule looks at.</summary>
internal static class RuleConditions
{
    /// <summary>Whether the rule holds for a host.</summary>
    public static bool Holds(AlertRuleRecord rule, HostSummary host) =>
        (rule.Hosts.Count == 0 && rule.Groups.Count == 0 && rule.Tags.Count == 0)
        || rule.Hosts.Contains(host.Id)
        || (host.AnsibleGroup is { } group && rule.Groups.Contains(group))
        || host.OtherGroups.Any(g => rule.Groups.Contains(g))
        || host.Tags.Any(t => rule.Tags.Contains(t));

    /// <summary>The findings about one host; null where nothing is known of it at present.</summary>
    public static IEnumerable<RuleFinding>? OfHost(AlertRuleRecord rule, HostSummary host, RuleSight sight)
    {
        switch (rule.Kind)
        {
            case AlertRuleKind.HostDown:
                // What is reached through another host that is down is told by that one, where the rule holds for it.
                return host is { ProxyJump: { } jump, Status: HostStatus.Offline }
                    && sight.Hosts.GetValueOrDefault(jump) is { Status: HostStatus.Offline or HostStatus.KeyChanged } way && Holds(rule, way)
                    ? null
                    : host.Status switch
                    {
                        HostStatus.Offline => [new("", host, null, true, host.StatusReason)],
                        HostStatus.Online or HostStatus.Degraded or HostStatus.KeyChanged => [new("", host, null, false)],
                        _ => null,
                    };
            case AlertRuleKind.HostKeyChanged:
                return host.Status switch
                {
                    HostStatus.KeyChanged => [new("", host, null, true)],
                    HostStatus.Online or HostStatus.Degraded => [new("", host, null, false)],
                    _ => null,
                };
        }

        return sight.Fresh(host) is { } now ? OfReading(rule.Kind, host, now, sight) : null;
    }

    /// <summary>The findings about what is no host; null where nothing is known at present.</summary>
    public static IEnumerable<RuleFinding>? OfDashboard(AlertRuleRecord rule, RuleSight sight) => rule.Kind switch
    {
        AlertRuleKind.ScheduleLate when !sight.SchedulesKeepTime => null,
        AlertRuleKind.ScheduleLate => sight.Schedules.Values.Where(s => s is { Enabled: true, NextRun: not null, QueuedFor: null })
            .Select(s => new RuleFinding(s.Id, null, Math.Max(0, (sight.Now - s.NextRun!.Value).TotalMinutes), null, s.Name)),

        // One that will not run again is news, which the schedule itself tells.
        AlertRuleKind.ScheduleFailed => sight.Schedules.Values.Where(s => s.WillRunAgain && s.NotificationType != NotificationType.None)
            .Select(s => new RuleFinding(s.Id, null, null, HasFailed(s), s.Name + (s.LastStatus == ScheduleStatus.Timeout ? " took too long and was ended" : " failed"))),
        AlertRuleKind.SignInFailures => sight.FailedSignIns.Select(f => new RuleFinding(f.Address, null, f.Failures, null, f.Address)),
        AlertRuleKind.DashboardDisk => sight.DiskPercent is { } percent ? [new("", null, percent, null)] : null,
        _ => null,
    };

    /// <summary>Null while that is not decided: it runs, is to be tried again, or was left out.</summary>
    private static bool? HasFailed(ScheduleRecord schedule) => schedule switch
    {
        { LastStatus: ScheduleStatus.Success } => false,
        { LastStatus: ScheduleStatus.Failed or ScheduleStatus.Timeout, RetryAt: null } => true,
        _ => null,
    };

    private static IEnumerable<RuleFinding>? OfReading(AlertRuleKind kind, HostSummary host, MetricSample now, RuleSight sight)
    {
        switch (kind)
        {
            case AlertRuleKind.Cpu:
                return One(now.CpuUsagePercent);
            case AlertRuleKind.Memory:
                return One(now.MemoryUsagePercent);
            case AlertRuleKind.Load:
                return One(now.CpuLoad5m / now.CpuCount);
            case AlertRuleKind.Swap:
                return now.SwapTotalMb is 0 ? One(0) : One(now.SwapUsagePercent);
            case AlertRuleKind.Temperature:
                return One(now.CpuTemperature);
            case AlertRuleKind.Filesystem:
                return now.Filesystems.Count == 0 ? null : now.Filesystems.DistinctBy(f => f.Mount).Select(f => new RuleFinding(f.Mount, host, f.UsagePercent, null, f.Mount));
            case AlertRuleKind.FillForecast:
                return now.Filesystems.Count == 0 ? null : now.Filesystems.DistinctBy(f => f.Mount).Select(f => new RuleFinding(f.Mount, host, Days(sight.Forecasts.GetValueOrDefault((host.Id, f.Mount))), null, f.Mount));
            case AlertRuleKind.Reboot:
                return now.Reboot is { } reboot ? [new("", host, null, reboot.Needed, string.Join(", ", reboot.Reasons.Take(5)))] : null;
            case AlertRuleKind.Zfs:
                return Stored("zfs", i => i.ZfsPools.Select(p => new RuleFinding(p.Name, host, null, p.Health is null ? null : p is not { Health: "ONLINE", Errors: null }, $"{(p.Health == "UNAVAIL" ? "unavailable" : p.Health?.ToLowerInvariant())}. {p.Errors ?? p.Status}")));
            case AlertRuleKind.Raid:
                return Stored("raid", i => i.RaidArrays.Select(a => new RuleFinding(
                    a.Label ?? a.Name, host, null, a.Failed || a.Degraded, (a.Failed ? "not running" : "degraded") + (a.Devices is null ? "" : $": {a.Working} of {a.Devices} disks work"))));
            case AlertRuleKind.DiskHealth:
                return Stored("smart", i => i.Disks.Select(d => new RuleFinding(d.Name, host, null, d.Passed is null ? null : d.Passed == false, d.Model)));
            default:
                return null;
        }

        RuleFinding[]? One(double? value) => value is { } v && double.IsFinite(v) ? [new("", host, v, null)] : null;

        IEnumerable<RuleFinding>? Stored(string source, Func<HostInventory, IEnumerable<RuleFinding>> look) =>
            now.Inventory is { } inventory && inventory.Source(source).Status is SourceStatus.Read or SourceStatus.Absent ? look(inventory) : null;
    }

    private static double? Days(FillForecast? forecast) => forecast?.Trend switch
    {
        FillTrend.Filling => forecast.FullIn?.TotalDays,
        FillTrend.Steady => double.PositiveInfinity,
        _ => null,
    };
}
