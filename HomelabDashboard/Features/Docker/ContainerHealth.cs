namespace HomelabDashboard.Features.Docker;

public enum ContainerHealth
{
    Healthy,
    Unhealthy,
    Starting,
}
