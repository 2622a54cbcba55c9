namespace HomelabDashboard.Features.Docker;

public enum DockerAlertSeverity
{
    Info,
    Warning,
    Critical,
}
