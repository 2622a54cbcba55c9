using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>Puts the starting set of rules into the table, each once: what was deleted does not come back.</summary>
internal static class StartingAlertRules
{
    internal static readonly IReadOnlyList<AlertRule> All =
    [
        New("host_down", "Host does not answer", AlertRuleKind.HostDown, AlertLevel.Critical, 60),
        New("host_key", "Host shows another key", AlertRuleKind.HostKeyChanged, AlertLevel.Critical, 0),
        New("cpu", "CPU busy", AlertRuleKind.Cpu, AlertLevel.Warning, 15 * 60),
        New("memory", "Memory nearly full", AlertRuleKind.Memory, AlertLevel.Warning, 10 * 60),
        New("load", "Load high", AlertRuleKind.Load, AlertLevel.Warning, 15 * 60, 3, 2),
        New("swap", "Swap nearly full", AlertRuleKind.Swap, AlertLevel.Warning, 15 * 60, 80, 70),
        New("filesystem", "Filesystem filling", AlertRuleKind.Filesystem, AlertLevel.Warning, 5 * 60),
        New("filesystem_full", "Filesystem full", AlertRuleKind.Filesystem, AlertLevel.Critical, 60, 97, 95),
        New("fill_forecast", "Filesystem full within a week", AlertRuleKind.FillForecast, AlertLevel.Warning, 30 * 60, 7, 10),
        New("temperature", "Hot", AlertRuleKind.Temperature, AlertLevel.Warning, 5 * 60, 85, 80),
        New("zfs", "ZFS pool not well", AlertRuleKind.Zfs, AlertLevel.Critical, 0),
        New("raid", "RAID array not whole", AlertRuleKind.Raid, AlertLevel.Critical, 0),
        New("disk_health", "Disk failing", AlertRuleKind.DiskHealth, AlertLevel.Critical, 0),
        New("reboot", "Restart needed", AlertRuleKind.Reboot, AlertLevel.Info, 24 * 3600),
        New("container_exited", "Container ended", AlertRuleKind.ContainerExited, AlertLevel.Critical, 0),
        New("container_restarting", "Container keeps restarting", AlertRuleKind.ContainerRestarting, AlertLevel.Critical, 0),
        New("container_out_of_memory", "Container out of memory", AlertRuleKind.ContainerOutOfMemory, AlertLevel.Critical, 0),
        New("container_unhealthy", "Container unhealthy", AlertRuleKind.ContainerUnhealthy, AlertLevel.Warning, 0),
        New("container_gone", "Container gone", AlertRuleKind.ContainerGone, AlertLevel.Warning, 0),
        New("schedule_late", "Schedule late", AlertRuleKind.ScheduleLate, AlertLevel.Error, 60, 5, 1),
        New("schedule_failed", "Schedule failed", AlertRuleKind.ScheduleFailed, AlertLevel.Error, 0),
        New("sign_ins", "Sign-ins fail again and again", AlertRuleKind.SignInFailures, AlertLevel.Warning, 0, 5, 1),
        New("dashboard_disk", "The dashboard's disk filling", AlertRuleKind.DashboardDisk, AlertLevel.Error, 5 * 60, 90, 88),
    ];

    public static async Task AddAsync(IDbContextFactory<HomelabDbContext> databases, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.Set<AlertRule>().IgnoreQueryFilters().Where(r => r.Builtin != null).Select(r => r.Builtin).ToListAsync(cancellationToken);
        db.AddRange(All.Where(r => !known.Contains(r.Builtin)).Select(r => New(r.Builtin!, r.Name, r.Kind, r.Severity, r.DurationSeconds, r.Threshold, r.ClearValue)));
        await db.SaveChangesAsync(cancellationToken);
    }

    private static AlertRule New(string builtin, string name, AlertRuleKind kind, AlertLevel severity, int seconds, double? threshold = null, double? clear = null) => new()
    {
        Builtin = builtin,
        Name = name,
        Kind = kind,
        Severity = severity,
        DurationSeconds = seconds,
        Threshold = threshold,
        ClearValue = clear,
        Enabled = true,
    };
}
