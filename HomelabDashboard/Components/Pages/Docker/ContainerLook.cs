using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Components.Pages.Docker;

/// <summary>How a container's state is shown, and what can be done in it.</summary>
internal static class ContainerLook
{
    private const int Terminated = 143;

    /// <param name="operation">What is under way with it, if anything.</param>
    public static StatusLook Of(ContainerSummary container, OperationRecord? operation)
    {
        if (operation is { IsOpen: true })
        {
            return new(StatusShape.Run, Doing(operation.Kind));
        }

        return container.State switch
        {
            "running" => container.Health switch
            {
                ContainerHealth.Healthy => new(StatusShape.Ok, "Healthy"),
                ContainerHealth.Unhealthy => new(StatusShape.Crit, "Unhealthy"),
                ContainerHealth.Starting => new(StatusShape.Run, "Starting"),
                _ => new(StatusShape.Ok, "Running"),
            },
            "restarting" => new(StatusShape.Warn, "Restarting"),
            "paused" => new(StatusShape.Idle, "Paused"),
            "removing" => new(StatusShape.Run, "Removing"),
            "created" or "configured" or "initialized" => new(StatusShape.Idle, "Created"),
            "exited" or "stopped" when container.OomKilled => new(StatusShape.Crit, "Out of memory"),
            "exited" or "stopped" when container.ExitCode is not (null or 0 or Terminated) => new(StatusShape.Crit, $"Exited ({container.ExitCode})"),
            "exited" or "stopped" => new(StatusShape.Idle, "Exited"),
            "dead" => new(StatusShape.Crit, "Dead"),
            "stopping" => new(StatusShape.Run, "Stopping"),
            _ => new(StatusShape.Idle, "Unknown"),
        };
    }

    /// <summary>The order of groups by state: what needs somebody first.</summary>
    public static int Rank(StatusShape shape) => shape switch
    {
        StatusShape.Crit => 0,
        StatusShape.Warn => 1,
        StatusShape.Run => 2,
        StatusShape.Ok => 3,
        _ => 4,
    };

    /// <param name="verb">Null: to remove it.</param>
    public static bool May(ContainerSummary container, ContainerVerb? verb) => verb switch
    {
        ContainerVerb.Start => !container.IsUp && container.State != "removing",
        ContainerVerb.Stop or ContainerVerb.Restart => container.IsUp,
        ContainerVerb.Kill => container.State is "running" or "restarting",
        ContainerVerb.Pause => container.State == "running",
        ContainerVerb.Unpause => container.State == "paused",
        _ => container.State != "removing",
    };

    private static string Doing(string kind) => kind switch
    {
        "container_start" => "Starting",
        "container_stop" => "Stopping",
        "container_restart" => "Restarting",
        "container_pause" => "Pausing",
        "container_unpause" => "Resuming",
        "container_kill" => "Killing",
        "container_remove" => "Removing",
        _ => "Working",
    };
}
