namespace HomelabDashboard.Features.Accounts;

/// <summary>The words that say what a caller may do. <see cref="Admin"/> implies all.</summary>
public static class Scopes
{
    public const string HostsRead = "hosts:read";
    public const string HostsWrite = "hosts:write";
    public const string MetricsRead = "metrics:read";
    public const string DockerRead = "docker:read";
    public const string DockerExecute = "docker:execute";
    public const string PlaybooksRead = "playbooks:read";
    public const string PlaybooksExecute = "playbooks:execute";
    public const string SchedulesRead = "schedules:read";
    public const string SchedulesWrite = "schedules:write";
    public const string SessionsRead = "sessions:read";
    public const string SessionsExecute = "sessions:execute";
    public const string AlertsRead = "alerts:read";
    public const string AlertsWrite = "alerts:write";
    public const string LogsRead = "logs:read";
    public const string OperationsRead = "operations:read";
    public const string SettingsRead = "settings:read";
    public const string SettingsWrite = "settings:write";
    public const string UsersRead = "users:read";
    public const string UsersWrite = "users:write";
    public const string Admin = "admin";

    public static readonly IReadOnlySet<string> Viewer = new HashSet<string>
    {
        HostsRead, MetricsRead, DockerRead, PlaybooksRead, SchedulesRead, SessionsRead, AlertsRead, LogsRead, OperationsRead,
    };

    public static readonly IReadOnlySet<string> Operator = new HashSet<string>(Viewer)
    {
        DockerExecute, PlaybooksExecute, SessionsExecute, HostsWrite, SchedulesWrite, AlertsWrite,
    };

    public static readonly IReadOnlySet<string> All = new HashSet<string>(Operator)
    {
        SettingsRead, SettingsWrite, UsersRead, UsersWrite, Admin,
    };

    /// <summary>The scopes that a role gives.</summary>
    public static IReadOnlySet<string> Of(UserRole role) => role switch
    {
        UserRole.Admin => All,
        UserRole.Operator => Operator,
        UserRole.Viewer => Viewer,
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>What remains of the scopes of a token under its owner's present role; <see cref="Admin"/> stands for all.</summary>
    public static IReadOnlySet<string> Limit(IReadOnlyCollection<string> scopes, UserRole role)
    {
        var owned = Of(role);
        return scopes.Contains(Admin) ? owned : owned.Intersect(scopes, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
    }
}
