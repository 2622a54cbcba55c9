using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace HomelabDashboard.Features.Accounts;

public static class AccountsSetup
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromDays(14);

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<AccountActivity>();
        services.AddScoped<Access>();
        services.AddScoped<AuthenticationStateProvider, CircuitAuthentication>();
        services.AddCascadingAuthenticationState();
        services.Configure<HubOptions>(o => o.AddFilter<AccessHubFilter>());

        services.AddAuthentication(AccountsSchemes.Any)
            .AddPolicyScheme(AccountsSchemes.Any, null, o => o.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") ? AccountsSchemes.Bearer : AccountsSchemes.Cookie)
            .AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(AccountsSchemes.Bearer, null)
            .AddCookie(AccountsSchemes.Cookie, ConfigureCookie);

        services.AddSingleton<IAuthorizationHandler, ScopeAuthorization>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationAnswers>();
        var authorization = services.AddAuthorizationBuilder()
            .SetDefaultPolicy(new AuthorizationPolicyBuilder().AddRequirements(new ScopeRequirement(null)).Build());
        foreach (var scope in Scopes.All)
        {
            authorization.AddPolicy(scope, p => p.AddRequirements(new ScopeRequirement(scope)));
        }

        return services;
    }

    private static void ConfigureCookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "homelab_session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = IdleTime;
        options.SlidingExpiration = true;
        options.LoginPath = "/login";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = async context =>
        {
            var services = context.HttpContext.RequestServices;
            if (services.GetRequiredService<AccountDirectory>().Resolve(context.Principal!) is null)
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(AccountsSchemes.Cookie);
                return;
            }

            await services.GetRequiredService<AccountActivity>().SignInUsedAsync(context.Principal!);
        };
    }
}
