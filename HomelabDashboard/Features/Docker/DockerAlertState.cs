namespace HomelabDashboard.Features.Docker;

public enum DockerAlertState
{
    Open,
    Acknowledged,
    Closed,
}
