namespace HomelabDashboard.Features.Accounts;

/// <summary>Who asks, as checked at this moment: an active user, with the scopes of the role or of the token used.</summary>
/// <param name="TokenId">The API token that was used; null for a browser session.</param>
public sealed record Caller(int UserId, string Username, UserRole Role, IReadOnlySet<string> Scopes, string? TokenId)
{
    /// <summary>The sign-in of the browser that asks; null for a program with a token.</summary>
    public string? SignInId { get; init; }

    public bool Has(string scope) => Scopes.Contains(Accounts.Scopes.Admin) || Scopes.Contains(scope);
}
