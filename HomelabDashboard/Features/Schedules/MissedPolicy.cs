namespace HomelabDashboard.Features.Schedules;

/// <summary>What is done when a schedule was due, once or several times, while the dashboard did not run.</summary>
public enum MissedPolicy
{
    RunOnce,
    Skip,
}
