namespace HomelabDashboard.Features.Alerts;

public enum AlertCategory
{
    Host,
    Docker,
    Automation,
    Terminal,
    Security,
    System,
}
