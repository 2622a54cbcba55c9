namespace HomelabDashboard.Features.Terminals;

public enum SessionEndReason
{
    UserClose,
    Ttl,
    Idle,
    Quota,
    ServerShutdown,
    ClientLost,
    Reused,
}
