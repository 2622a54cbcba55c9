namespace HomelabDashboard.Features.Schedules;

/// <summary>What is done when a schedule is due while its run before goes on.</summary>
public enum OverlapPolicy
{
    /// <summary>It is left out, and kept as skipped.</summary>
    Skip,

    /// <summary>It runs after that one; one waits at the most.</summary>
    Queue,

    /// <summary>That one is cancelled, and then it runs.</summary>
    CancelOld,
}
