using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Accounts;

/// <summary>A program that sends <c>Authorization: Bearer hld_…</c>.</summary>
public sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccountDirectory directory, AccountActivity activity)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (directory.Authenticate(header[Prefix.Length..].Trim(), Scheme.Name) is not { } principal)
        {
            return AuthenticateResult.Fail("No such token, or no longer.");
        }

        await activity.TokenUsedAsync(principal);
        return AuthenticateResult.Success(new(principal, Scheme.Name));
    }
}
