namespace HomelabDashboard.Features.Terminals;

public enum SessionMode
{
    Embedded,
    Popout,
}
