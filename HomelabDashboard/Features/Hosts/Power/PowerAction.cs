namespace HomelabDashboard.Features.Hosts.Power;

public enum PowerAction
{
    Reboot,
    ShutDown,
}
