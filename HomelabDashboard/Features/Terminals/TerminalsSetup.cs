using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ttyd;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace HomelabDashboard.Features.Terminals;

public static class TerminalsSetup
{
    /// <summary>Base64 and the frame of an <see cref="TerminalHub.Input"/> of full length.</summary>
    private const int MaxHubMessage = 96 * 1024;

    /// <summary>To be added after the hosts, so that sessions end before the connections they run on.</summary>
    public static IServiceCollection AddTerminals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TerminalsOptions>().Bind(configuration.GetSection(TerminalsOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new TtydRunFolder(Path.Combine(provider.GetRequiredService<DataFolder>().Root, "ttyd")));
        services.AddSingleton<LiveStore<string, SessionSummary>>();
        services.AddSingleton<ConnectTickets>();
        services.AddSingleton<SessionRows>();
        services.AddSingleton<TerminalBroker>();
        services.AddScoped<TerminalService>();
        services.AddHostedService<TerminalMonitor>();
        services.AddSignalR();
        services.Configure<HubOptions<TerminalHub>>(o => o.MaximumReceiveMessageSize = MaxHubMessage);
        return services;
    }

    public static void MapTerminals(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi().MapSessions();
        endpoints.MapHub<TerminalHub>(TerminalHub.Path, o => o.Transports = HttpTransportType.WebSockets)
            .Add(builder =>
            {
                var hub = builder.RequestDelegate!;
                builder.RequestDelegate = context =>
                {
                    if (IsFromHere(context.Request))
                    {
                        return hub(context);
                    }

                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                    return Task.CompletedTask;
                };
            });
    }

    /// <summary>A browser says which page connects, and it must be the dashboard's own; a program brings a token instead.</summary>
    private static bool IsFromHere(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            ? request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            : string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
