namespace HomelabDashboard.Features.Hosts;

public enum BootstrapState
{
    Pending,
    Running,
    Succeeded,
    Failed,
}
