namespace HomelabDashboard.Features.Logs;

public enum LogEntryLevel
{
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}
