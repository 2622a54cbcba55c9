using HomelabDashboard.Data;
using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ttyd;
using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Http.Connections;

namespace HomelabDashboard.Features.Terminals;

public static class TerminalsSetup
{
    /// <summary>Base64 and the frame of an <see cref="TerminalHub.Input"/> of full length.</summary>
    private const int MaxHubMessage = 96 * 1024;

    /// <summary>To be added after the hosts, so that sessions end before the connections they run on.</summary>
    public static IServiceCollection AddTerminals(this IServiceCollection services)
    {
        services.AddValidatedOptions<TerminalsOptions>(TerminalsOptions.Section);
        services.AddSingleton(provider => new TtydRunFolder(Path.Combine(provider.GetRequiredService<DataFolder>().Root, "ttyd")));
        services.AddSingleton<LiveStore<string, SessionSummary>>();
        services.AddSingleton<ConnectTickets>();
        services.AddSingleton<SessionRows>();
        services.AddSingleton<TerminalBroker>();
        services.AddSingleton<SessionCommandsFactory>();
        services.AddScoped<CommandHistoryService>();
        services.AddScoped<CommandRuleService>();
        services.AddHostedService<StartingRules>();

        // Before the monitor, so that it ends after the last terminal has.
        services.AddSingleton<CommandLog>();
        services.AddHostedService(provider => provider.GetRequiredService<CommandLog>());
        services.AddScoped<TerminalService>();
        services.AddHostedService<TerminalMonitor>();
        services.AddSignalR().AddHubOptions<TerminalHub>(o => o.MaximumReceiveMessageSize = MaxHubMessage);
        return services;
    }

    public static void MapTerminals(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi().MapSessions();
        endpoints.MapApi().MapCommands();
        endpoints.MapHub<TerminalHub>(TerminalHub.Path, o => o.Transports = HttpTransportType.WebSockets);
    }
}
