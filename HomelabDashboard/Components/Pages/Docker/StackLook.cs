using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Docker.Stacks;

namespace HomelabDashboard.Components.Pages.Docker;

/// <summary>How a project's state is shown.</summary>
internal static class StackLook
{
    public static StatusLook Of(StackSummary stack) => stack.Status switch
    {
        "running" => new(StatusShape.Ok, "Running"),
        "partial" => new(StatusShape.Warn, $"{stack.Running} of {stack.Containers} run"),
        "stopped" => new(StatusShape.Idle, "Stopped"),
        _ => new(StatusShape.Idle, "Down"),
    };

    public static string HrefOf(StackSummary stack) => $"/stacks/{stack.HostId}/{Uri.EscapeDataString(stack.Name)}";
}
