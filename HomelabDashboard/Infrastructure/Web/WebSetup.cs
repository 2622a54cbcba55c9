using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Infrastructure.Web;

public static class WebSetup
{
    /// <summary>Container engines kill after ten seconds.</summary>
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(8);

    /// <param name="services">The services to add to.</param>
    /// <param name="keysFolder">Where the keys live that sign cookies, for the program's user alone.</param>
    public static IServiceCollection AddWeb(this IServiceCollection services, string keysFolder)
    {
        services.AddValidatedOptions<WebOptions>("Web");
        services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTime);
        services.AddDataProtection().SetApplicationName("HomelabDashboard").PersistKeysToFileSystem(new(keysFolder));
        services.ConfigureHttpJsonOptions(o => ConfigureJson(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.Configure<KestrelServerOptions>(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = BodyLimit.Bytes;
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<WebOptions>>((forwarded, web) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.ForwardLimit = null;
            foreach (var network in web.Value.TrustedNetworks)
            {
                forwarded.KnownIPNetworks.Add(network);
            }
        });
        services.AddAntiforgery(o =>
        {
            o.HeaderName = "X-CSRF-TOKEN";
            o.Cookie.Name = "homelab_csrf";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddExceptionHandler<BadRequests>();
        return services;
    }

    /// <summary>Everything that stands before the rooms' own middleware; the first thing in the pipeline.</summary>
    public static WebApplication UseWeb(this WebApplication app)
    {
        ShutdownGuard.Use(app);
        app.UseForwardedHeaders();
        SecurityHeaders.Use(app);
        app.UseWhen(context => IsForPrograms(context.Request.Path), programs => programs
            .UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandler = context => ApiProblem.ForStatus(StatusCodes.Status500InternalServerError).ExecuteAsync(context),
            })
            .UseStatusCodePages(context => BadRequests.OfStatus(context.HttpContext).ExecuteAsync(context.HttpContext)));
        app.UseWhen(context => !IsForPrograms(context.Request.Path), pages => pages
            .UseExceptionHandler("/error", createScopeForErrors: true)
            .UseStatusCodePagesWithReExecute("/not-found"));
        app.UseRouting();
        OriginCheck.Use(app);
        BodyLimit.Use(app);
        return app;
    }

    /// <summary>
    /// Builds what answers the requests now, after the last of it is mapped, and not at the start of the server: it is half of that, and
    /// at this place there is a core without work.
    /// </summary>
    public static void BuildEndpoints(this WebApplication app)
    {
        app.UseEndpoints(_ => { });
        _ = app.Services.GetRequiredService<EndpointDataSource>().Endpoints;
    }

    /// <summary>Reads the keys that sign cookies, and makes the first one, before the server would do it at its start.</summary>
    public static void ReadyKeys(this IServiceProvider services) => services.GetDataProtector("start").Protect([]);

    /// <summary>Paths that programs call: they get problem details, never a page and never the way to one.</summary>
    public static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api") || path.StartsWithSegments("/hubs") || path.StartsWithSegments("/_blazor");

    private static void ConfigureJson(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.MaxDepth = 32;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        json.Converters.Add(new UtcJsonConverter());
    }
}
