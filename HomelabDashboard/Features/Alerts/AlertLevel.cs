namespace HomelabDashboard.Features.Alerts;

public enum AlertLevel
{
    Info,
    Success,
    Warning,
    Error,
    Critical,
}
