namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>Whose socket it is.</summary>
public enum EngineOwner
{
    /// <summary>Where <c>DOCKER_HOST</c> of the user's environment says.</summary>
    Told,

    /// <summary>The engine of the whole host.</summary>
    System,

    /// <summary>The user's own, without root.</summary>
    User,
}
