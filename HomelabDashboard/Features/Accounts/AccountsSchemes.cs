namespace HomelabDashboard.Features.Accounts;

/// <summary>The ways in: a browser's cookie, a program's bearer token, and the one that picks between them by the request's headers.</summary>
public static class AccountsSchemes
{
    public const string Any = "account";
    public const string Cookie = "cookie";
    public const string Bearer = "bearer";
}
