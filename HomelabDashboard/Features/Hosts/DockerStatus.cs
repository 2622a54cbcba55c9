namespace HomelabDashboard.Features.Hosts;

public enum DockerStatus
{
    Unknown,
    Running,
    Stopped,
    NotInstalled,
    Denied,
}
