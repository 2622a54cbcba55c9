namespace HomelabDashboard.Features.Hosts;

public enum HostStatus
{
    Unknown,
    Online,
    Degraded,
    Offline,
    KeyChanged,
    Disabled,
}
