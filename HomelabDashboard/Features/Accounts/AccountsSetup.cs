using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.SignalR;

namespace HomelabDashboard.Features.Accounts;

public static class AccountsSetup
{
    /// <summary>The room's name in the activity log.</summary>
    internal const string Source = "accounts";

    private const string SetupPath = "/setup";
    private static readonly TimeSpan IdleTime = TimeSpan.FromDays(14);

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<AccountActivity>();
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<PasswordCheck>();
        services.AddSingleton<FirstAdmin>();
        services.AddSingleton<AuditTrail>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        services.AddScoped<CircuitHandler, CircuitActing>();
        services.AddScoped<Access>();
        services.AddScoped<AccountService>();
        services.AddScoped<SignInService>();
        services.AddScoped<TokenService>();
        services.AddScoped<UserService>();
        services.AddExceptionHandler<AccessDeniedAnswers>();
        services.AddScoped<AuthenticationStateProvider, CircuitAuthentication>();
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

    /// <summary>Who asks, the way to the setup page, what they may, and the antiforgery token. After <c>UseWeb</c>, before any endpoint.</summary>
    public static WebApplication UseAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<Access>().Use(context.User);
            return context.RequestServices.GetRequiredService<AuditTrail>().FollowAsync(context, next);
        });
        app.Use(LeadToSetup);
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(CheckAntiforgery);
        return app;
    }

    private static Task LeadToSetup(HttpContext context, RequestDelegate next)
    {
        var isPage = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        if (isPage && !context.Request.Path.Equals(SetupPath) && context.RequestServices.GetRequiredService<FirstAdmin>().IsNeeded)
        {
            context.Response.Redirect(SetupPath);
            return Task.CompletedTask;
        }

        return next(context);
    }

    /// <summary>A browser sends its cookie with any site's request; only our own pages know the token.</summary>
    private static async Task CheckAntiforgery(HttpContext context, RequestDelegate next)
    {
        var method = context.Request.Method;
        var isUnsafe = !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));
        if (isUnsafe && context.Request.Path.StartsWithSegments("/api") && context.User.HasClaim(c => c.Type == AccountDirectory.SignInClaim)
            && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await ApiProblem.Create(
                ApiProblem.AntiforgeryFailed,
                "With the session cookie this needs the header X-CSRF-TOKEN; GET /api/v1/me answers its value in the header of that name.")
                .ExecuteAsync(context);
            return;
        }

        await next(context);
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
