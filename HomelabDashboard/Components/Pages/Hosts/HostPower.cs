using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Hosts.Power;
using Radzen;

namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>Restarts a host or shuts it down, once its name was typed.</summary>
internal sealed class HostPower(PowerService power, DialogService dialogs, NotificationService notifications)
{
    public async Task AskAsync(HostSummary host, PowerAction action)
    {
        var question = action == PowerAction.Reboot
            ? new Confirmation($"Restart {host.Name}?", "Everything that runs there stops until it is back, and terminals on it are closed.", "Restart host", host.Name)
            : new Confirmation($"Shut down {host.Name}?", "Everything that runs there stops, and terminals on it are closed. The dashboard cannot switch it on again.", "Shut down host", host.Name);
        if (await dialogs.ConfirmAsync(question)
            && await power.StartAsync(host.Id, action, CancellationToken.None) is { Succeeded: false } refused)
        {
            notifications.Failed(refused.Problem);
        }
    }
}
