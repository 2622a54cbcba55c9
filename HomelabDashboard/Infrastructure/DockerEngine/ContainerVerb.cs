namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>What can be done with a container that stays.</summary>
public enum ContainerVerb
{
    Start,
    Stop,
    Restart,
    Pause,
    Unpause,
    Kill,
}
