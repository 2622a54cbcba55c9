using HomelabDashboard.Features.Docker;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>In what a kind of rule measures.</summary>
/// <param name="Unit">Null where there is nothing to compare with: it is well or it is not.</param>
/// <param name="LowIsBad">It is trouble below the limit.</param>
/// <param name="HostLimit">Without a limit of its own, the host's critical one holds.</param>
/// <param name="ByHost">It is about hosts, so that a scope chooses among them.</param>
/// <param name="Container">Of those that <see cref="DockerInbox"/> goes by, the trouble of containers that it tells.</param>
public sealed record RuleMeasure(string Words, string? Unit, double Least, double Most, bool LowIsBad = false, bool HostLimit = false, bool ByHost = true, ContainerTroubleKind? Container = null)
{
    public static RuleMeasure Of(AlertRuleKind kind) => kind switch
    {
        AlertRuleKind.HostDown => new("Host down", null, 0, 0),
        AlertRuleKind.HostKeyChanged => new("Changed host key", null, 0, 0),
        AlertRuleKind.Cpu => new("CPU", "%", 1, 100, HostLimit: true),
        AlertRuleKind.Memory => new("Memory", "%", 1, 100, HostLimit: true),
        AlertRuleKind.Load => new("Load", "per processor", 0.1, 1000),
        AlertRuleKind.Swap => new("Swap", "%", 1, 100),
        AlertRuleKind.Filesystem => new("Filesystems", "%", 1, 100, HostLimit: true),
        AlertRuleKind.FillForecast => new("Fill forecast", "days", 0.1, 365, LowIsBad: true),
        AlertRuleKind.Temperature => new("Temperature", "°C", 1, 200),
        AlertRuleKind.Zfs => new("ZFS pools", null, 0, 0),
        AlertRuleKind.Raid => new("RAID arrays", null, 0, 0),
        AlertRuleKind.DiskHealth => new("Failing disks", null, 0, 0),
        AlertRuleKind.Reboot => new("Reboot needed", null, 0, 0),
        AlertRuleKind.ContainerExited => new("Containers that ended", null, 0, 0, Container: ContainerTroubleKind.Exited),
        AlertRuleKind.ContainerRestarting => new("Containers that keep restarting", null, 0, 0, Container: ContainerTroubleKind.Restarting),
        AlertRuleKind.ContainerOutOfMemory => new("Containers out of memory", null, 0, 0, Container: ContainerTroubleKind.OutOfMemory),
        AlertRuleKind.ContainerUnhealthy => new("Unhealthy containers", null, 0, 0, Container: ContainerTroubleKind.Unhealthy),
        AlertRuleKind.ContainerGone => new("Containers that are gone", null, 0, 0, Container: ContainerTroubleKind.Gone),
        AlertRuleKind.ScheduleLate => new("Late schedules", "minutes", 1, 10_000, ByHost: false),
        AlertRuleKind.ScheduleFailed => new("Failed schedules", null, 0, 0, ByHost: false),
        AlertRuleKind.SignInFailures => new("Failed sign-ins", "tries", 2, 1_000, ByHost: false),
        AlertRuleKind.DashboardDisk => new("The dashboard's disk", "%", 1, 100, ByHost: false),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind has no measure."),
    };

    /// <summary>Where trouble is over when the rule does not say.</summary>
    public double Clear(double threshold) => LowIsBad ? threshold * 1.3 : Unit == "%" || Unit == "°C" ? threshold - 3 : threshold * 0.8;
}
