using HomelabDashboard.Features.Accounts;

namespace HomelabDashboard.Components.Pages.Settings;

/// <summary>The roles in words.</summary>
public static class RoleWords
{
    public static string Name(UserRole role) => role switch
    {
        UserRole.Admin => "Admin",
        UserRole.Operator => "Operator",
        _ => "Viewer",
    };

    public static string Meaning(UserRole role) => role switch
    {
        UserRole.Admin => "Everything, users and settings included",
        UserRole.Operator => "Hosts, terminals, containers and schedules",
        _ => "Looks, but changes nothing",
    };
}
