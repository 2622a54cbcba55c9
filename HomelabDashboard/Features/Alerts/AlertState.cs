namespace HomelabDashboard.Features.Alerts;

public enum AlertState
{
    Open,
    Closed,
}
