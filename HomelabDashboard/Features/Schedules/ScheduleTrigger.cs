namespace HomelabDashboard.Features.Schedules;

/// <summary>Why a schedule ran.</summary>
public enum ScheduleTrigger
{
    Schedule,

    /// <summary>A person asked for it.</summary>
    Manual,

    /// <summary>It was due while the dashboard did not run.</summary>
    Missed,

    /// <summary>The run before had failed.</summary>
    Retry,
}
