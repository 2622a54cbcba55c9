namespace HomelabDashboard.Features.Accounts;

public enum UserRole
{
    Admin,
    Operator,
    Viewer,
}
