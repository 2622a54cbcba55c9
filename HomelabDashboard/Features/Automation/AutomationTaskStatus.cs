namespace HomelabDashboard.Features.Automation;

public enum AutomationTaskStatus
{
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
    Timeout,
}
