using System.Runtime.CompilerServices;
using System.Security.Claims;
using HomelabDashboard.Features.Logs;
using Microsoft.AspNetCore.Components.Authorization;

namespace HomelabDashboard.Features.Accounts;

/// <summary>
/// The guard of every service method: who is the caller, and may they? One per request, hub call or circuit.
/// The user is looked up in <see cref="AccountDirectory"/> on each call, so a deactivated user is refused at once.
/// </summary>
public sealed class Access(AccountDirectory directory, AuthenticationStateProvider authentication, AuditTrail audit)
{
    private ClaimsPrincipal? _principal;

    /// <summary>Sets the principal of an HTTP request or hub call; a circuit's comes from its authentication state.</summary>
    public void Use(ClaimsPrincipal principal) => _principal = principal;

    /// <summary>The caller, or null when nobody who may sign in is signed in.</summary>
    public async ValueTask<Caller?> CurrentAsync()
    {
        var principal = _principal ?? (await authentication.GetAuthenticationStateAsync()).User;
        return directory.Resolve(principal);
    }

    /// <exception cref="AccessDeniedException">Nobody is signed in.</exception>
    public ValueTask<Caller> RequireAsync()
    {
        Acting.GoOn();
        return RequireCallerAsync();
    }

    /// <exception cref="AccessDeniedException">Nobody is signed in, or without this scope.</exception>
    public ValueTask<Caller> RequireAsync(string scope, [CallerMemberName] string method = "", [CallerFilePath] string file = "")
    {
        Acting.GoOn();
        return RequireScopeAsync(scope, method, file);
    }

    private async ValueTask<Caller> RequireCallerAsync() => await CurrentAsync() ?? throw new AccessDeniedException(null);

    private async ValueTask<Caller> RequireScopeAsync(string scope, string method, string file)
    {
        var caller = await RequireCallerAsync();
        if (!caller.Has(scope))
        {
            audit.Refused(caller, scope, method, file);
            throw new AccessDeniedException(scope);
        }

        return caller;
    }
}
