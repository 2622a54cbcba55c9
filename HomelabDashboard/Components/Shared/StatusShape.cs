namespace HomelabDashboard.Components.Shared;

/// <summary>What a status means: it decides shape and colour.</summary>
public enum StatusShape
{
    Ok,
    Warn,
    Crit,

    /// <summary>Absent, ended or unknown.</summary>
    Idle,

    /// <summary>Under way.</summary>
    Run,
}
