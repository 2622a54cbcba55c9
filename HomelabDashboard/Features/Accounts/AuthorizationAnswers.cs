using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Components.Endpoints;

namespace HomelabDashboard.Features.Accounts;

/// <summary>What a caller who may not gets: problem details from the API and the hubs, the way to the sign-in from a page.</summary>
public sealed class AuthorizationAnswers : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        var isPage = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        if (isPage && authorizeResult.Forbidden)
        {
            // The router shows in words, within the layout, that this page is not for this user.
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return next(context);
        }

        if (isPage)
        {
            return _usual.HandleAsync(next, context, policy, authorizeResult);
        }

        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return ApiProblem.ForStatus(StatusCodes.Status401Unauthorized).ExecuteAsync(context);
        }

        var scope = policy.Requirements.OfType<ScopeRequirement>().Select(r => r.Scope).FirstOrDefault(s => s is not null);
        return ApiProblem.Create(ApiProblem.Forbidden, scope is null ? "You may not do this." : $"This needs the scope {scope}.", ("required_scope", scope))
            .ExecuteAsync(context);
    }
}
