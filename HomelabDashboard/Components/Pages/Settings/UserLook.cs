using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Accounts;

namespace HomelabDashboard.Components.Pages.Settings;

/// <summary>Whether a user may sign in, as a status.</summary>
public static class UserLook
{
    public static StatusLook Of(UserRecord user) => user.IsActive ? new(StatusShape.Ok, "Active") : new(StatusShape.Idle, "Not active");
}
