namespace HomelabDashboard.Features.Terminals;

public enum SessionStatus
{
    Starting,
    Active,
    Closing,
    Closed,
    Expired,
    Error,
}
