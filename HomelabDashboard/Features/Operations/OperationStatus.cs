namespace HomelabDashboard.Features.Operations;

public enum OperationStatus
{
    Pending,
    Running,
    Succeeded,
    Failed,
}
