namespace HomelabDashboard.Features.AlertRules;

/// <summary>What a rule watches.</summary>
public enum AlertRuleKind
{
    HostDown,
    HostKeyChanged,

    /// <summary>Percent of all processors.</summary>
    Cpu,

    /// <summary>Percent.</summary>
    Memory,

    /// <summary>Load of five minutes for each processor.</summary>
    Load,

    /// <summary>Percent.</summary>
    Swap,

    /// <summary>Percent of each filesystem.</summary>
    Filesystem,

    /// <summary>Days until a filesystem is full, as it fills now.</summary>
    FillForecast,

    /// <summary>Degrees Celsius of the hottest sensor.</summary>
    Temperature,
    Zfs,
    Raid,

    /// <summary>A disk whose own verdict is that it fails.</summary>
    DiskHealth,
    Reboot,

    /// <summary>A container that ended by itself, and badly.</summary>
    ContainerExited,
    ContainerRestarting,
    ContainerOutOfMemory,

    /// <summary>A container whose own check fails.</summary>
    ContainerUnhealthy,

    /// <summary>A container that was removed while nobody watched.</summary>
    ContainerGone,

    /// <summary>Minutes that a schedule is behind its time.</summary>
    ScheduleLate,

    /// <summary>A schedule whose last run failed, until one goes well.</summary>
    ScheduleFailed,

    /// <summary>Failed sign-ins from one address within 15 minutes.</summary>
    SignInFailures,

    /// <summary>Percent of the disk that the dashboard's own data are on.</summary>
    DashboardDisk,
}
