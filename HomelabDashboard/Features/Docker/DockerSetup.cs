using HomelabDashboard.Features.Docker.Stacks;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Web;

namespace HomelabDashboard.Features.Docker;

public static class DockerSetup
{
    /// <summary>The room's name in the activity log.</summary>
    internal const string Source = "docker";

    public static IServiceCollection AddDocker(this IServiceCollection services)
    {
        services.AddValidatedOptions<DockerOptions>("Docker");
        services.AddSingleton<DockerBoard>();
        services.AddSingleton<DockerTables>();
        services.AddSingleton<ContainerStats>();
        services.AddSingleton<DockerMonitor>();
        services.AddValidatedOptions<DockerAlertOptions>("DockerAlerts");
        services.AddSingleton<DockerAlerts>();
        services.AddHostedService(provider => provider.GetRequiredService<DockerAlerts>());
        services.AddSingleton<ServiceIcons>();
        services.AddSingleton<StackBook>();
        services.AddSingleton<StackFiles>();
        services.AddScoped<StackDesk>();
        foreach (var verb in Enum.GetValues<StackVerb>())
        {
            services.AddSingleton<IOperationHandler>(provider => ActivatorUtilities.CreateInstance<StackOperation>(provider, verb));
        }

        services.AddScoped<DockerService>();
        services.AddScoped<FavoriteService>();
        services.AddScoped<DockerAlertService>();
        foreach (var verb in Enum.GetValues<ContainerVerb>().Cast<ContainerVerb?>().Append(null))
        {
            services.AddSingleton<IOperationHandler>(provider => new ContainerOperation(
                verb, provider.GetRequiredService<DockerBoard>(), provider.GetRequiredService<DockerAlerts>(), provider.GetRequiredService<LiveStore<string, HostSummary>>(),
                provider.GetRequiredService<ActivityLog>()));
        }

        foreach (var kind in Enum.GetValues<StoredKind>())
        {
            services.AddSingleton<IOperationHandler>(provider => ActivatorUtilities.CreateInstance<StoredOperation>(provider, kind));
        }

        foreach (var kind in Enum.GetValues<PruneKind>())
        {
            services.AddSingleton<IOperationHandler>(provider => ActivatorUtilities.CreateInstance<PruneOperation>(provider, kind));
        }

        services.AddHostedService(provider => provider.GetRequiredService<DockerMonitor>());
        return services;
    }
}
