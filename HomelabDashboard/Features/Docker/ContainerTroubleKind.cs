namespace HomelabDashboard.Features.Docker;

/// <summary>What is wrong with a container.</summary>
public enum ContainerTroubleKind
{
    /// <summary>It ended by itself, and badly.</summary>
    Exited,
    Restarting,
    OutOfMemory,

    /// <summary>Its own check fails.</summary>
    Unhealthy,

    /// <summary>It was removed while nobody watched.</summary>
    Gone,
}
