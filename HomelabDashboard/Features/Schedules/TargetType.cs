namespace HomelabDashboard.Features.Schedules;

public enum TargetType
{
    Host,
    Group,
    All,
}
