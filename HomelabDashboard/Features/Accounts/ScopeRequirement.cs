using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace HomelabDashboard.Features.Accounts;

/// <summary>The caller must be signed in at this moment and have the scope; each scope is also the name of a policy.</summary>
/// <param name="Scope">Null: any caller who is signed in.</param>
public sealed record ScopeRequirement(string? Scope) : IAuthorizationRequirement;

/// <summary>Says of an endpoint which scope it needs; null for any caller who is signed in.</summary>
public sealed record ScopeMetadata(string? Scope);

public sealed class ScopeAuthorization(AccountDirectory directory) : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (directory.Resolve(context.User ?? new ClaimsPrincipal()) is { } caller && (requirement.Scope is null || caller.Has(requirement.Scope)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
