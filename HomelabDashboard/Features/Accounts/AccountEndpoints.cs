using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace HomelabDashboard.Features.Accounts;

/// <summary>What <c>POST /auth/token</c> takes.</summary>
/// <param name="Username">Who.</param>
/// <param name="Password">The password of the page's sign-in.</param>
/// <param name="Totp">Not in use: there is no second factor.</param>
/// <param name="Name">What the token is for.</param>
/// <param name="Scopes">A part of the user's; nothing for all of them.</param>
/// <param name="ExpiresIn">A duration such as <c>90m</c>, <c>24h</c>, <c>7d</c>; nothing for 30 days.</param>
public sealed record TokenRequest(string Username, string Password, string? Totp = null, string? Name = null, IReadOnlyList<string>? Scopes = null, string? ExpiresIn = null);

public static class AccountEndpoints
{
    private static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(30);

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/auth/logout", SignOutAsync).ExcludeFromDescription();

        var api = endpoints.MapApi().WithTags("Accounts");
        api.MapPost("/auth/token", IssueAsync).AllowAnonymous()
            .WithSummary("Make an API token with a username and a password. The token is shown this once.")
            .Produces<NewToken>(StatusCodes.Status201Created)
            .ProducesProblems(StatusCodes.Status429TooManyRequests);
        api.MapGet("/tokens", async ([AsParameters] ListQuery query, TokenService tokens, CancellationToken cancellationToken) =>
                TypedResults.Ok(await tokens.ListOwnAsync(query, cancellationToken)))
            .WithSummary("List your own API tokens, newest first.");
        api.MapDelete("/tokens/{id}", async (string id, TokenService tokens) => (await tokens.RevokeAsync(id)).ToHttp())
            .WithSummary("Revoke one of your own API tokens, at once.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(StatusCodes.Status404NotFound);
        api.MapGet("/me", MeAsync)
            .WithSummary("Who you are and what you may do. To a browser the header X-CSRF-TOKEN gives the antiforgery token.");

        api.MapGet("/users", async ([AsParameters] ListQuery query, UserService users, CancellationToken cancellationToken) =>
                TypedResults.Ok(await users.ListAsync(query, cancellationToken)))
            .RequireScope(Scopes.UsersRead)
            .WithSummary("List the users.");
        api.MapPost("/users", async (UserInput input, UserService users) =>
                (await users.AddAsync(input)).ToHttp(user => TypedResults.Created($"/api/v1/users/{user.Id}", user)))
            .RequireScope(Scopes.UsersWrite)
            .WithSummary("Add a user. A user with this name: USER_EXISTS.")
            .Produces<UserRecord>(StatusCodes.Status201Created)
            .ProducesProblems(StatusCodes.Status409Conflict);
        api.MapGet("/users/{id:int}", async (int id, UserService users, CancellationToken cancellationToken) =>
                (await users.GetAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.UsersRead)
            .WithSummary("One user.")
            .Produces<UserRecord>()
            .ProducesProblems(StatusCodes.Status404NotFound);
        api.MapPatch("/users/{id:int}", async (int id, UserChange change, UserService users) => (await users.UpdateAsync(id, change)).ToHttp())
            .RequireScope(Scopes.UsersWrite)
            .WithSummary("Change a user; what is not named stays. A changed role, password or activity ends the user's sign-ins. The last active admin stays one: LAST_ADMIN.")
            .Produces<UserRecord>()
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        api.MapDelete("/users/{id:int}", async (int id, UserService users) => (await users.DeleteAsync(id)).ToHttp())
            .RequireScope(Scopes.UsersWrite)
            .WithSummary("Delete a user. The last active admin stays: LAST_ADMIN.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        return endpoints;
    }

    private static async Task<IResult> IssueAsync(TokenRequest request, TokenService tokens, HttpContext context, CancellationToken cancellationToken)
    {
        if (request.Totp is not null)
        {
            return Problem.Invalid("totp", "There is no second factor here. Leave totp out.").ToHttp();
        }

        var lifetime = UsualLifetime;
        if (request.ExpiresIn is not null && !Duration.TryParse(request.ExpiresIn, out lifetime))
        {
            return Problem.Invalid("expires_in", "expires_in is a duration such as 90m, 24h or 7d.").ToHttp();
        }

        var result = await tokens.IssueAsync(
            request.Username, request.Password, new(request.Name, request.Scopes, lifetime), context.Connection.RemoteIpAddress, cancellationToken);
        return result.ToHttp(token => TypedResults.Created("/api/v1/tokens", token));
    }

    private static async Task<Microsoft.AspNetCore.Http.HttpResults.Ok<Me>> MeAsync(
        AccountService account, IAntiforgery antiforgery, HttpContext context, CancellationToken cancellationToken)
    {
        if (context.User.HasClaim(c => c.Type == AccountDirectory.SignInClaim))
        {
            var tokens = antiforgery.GetAndStoreTokens(context);
            context.Response.Headers[tokens.HeaderName!] = tokens.RequestToken;
        }

        return TypedResults.Ok(await account.GetAsync(cancellationToken));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SignInService signIns)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.Redirect("/");
        }

        await signIns.SignOutAsync();
        await context.SignOutAsync(AccountsSchemes.Cookie);
        return TypedResults.Redirect("/login");
    }
}
