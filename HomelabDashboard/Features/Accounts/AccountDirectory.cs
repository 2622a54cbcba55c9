using System.Security.Claims;

namespace HomelabDashboard.Features.Accounts;

/// <summary>
/// The active users and tokens, in memory, so that every check is made against the state of this moment and costs no query. Singleton.
/// </summary>
public sealed class AccountDirectory
{
    /// <summary>The caller that a cookie's or token's principal stands for, or null when it may no longer be used.</summary>
    public Caller? Resolve(ClaimsPrincipal principal) => throw new NotImplementedException();

    /// <summary>Raised after a user or token was changed, deactivated or revoked, with the user's id: whoever holds something open for that user looks again.</summary>
    public event Action<int>? Changed
    {
        add => throw new NotImplementedException();
        remove => throw new NotImplementedException();
    }
}
