using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts.Bootstrap;
using HomelabDashboard.Features.Hosts.Import;
using HomelabDashboard.Features.Hosts.Power;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ssh;
using HomelabDashboard.Infrastructure.Web;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Hosts;

public static class HostsSetup
{
    /// <summary>The room's name in the activity log.</summary>
    internal const string Source = "hosts";

    public static IServiceCollection AddHosts(this IServiceCollection services)
    {
        services.AddValidatedOptions<HostsOptions>("Hosts");
        services.AddSingleton(provider => new SshFolder(provider.GetRequiredService<DataFolder>().Folder("ssh")));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<HostsOptions>>().Value;
            return new SshConfig(
                provider.GetRequiredService<SshFolder>(),
                TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
                TimeSpan.FromSeconds(options.KeepAliveSeconds));
        });
        services.AddSingleton<DashboardKeyPair>();
        services.AddSingleton<HostKeyScan>();
        services.AddSingleton<LiveStore<string, HostSummary>>();
        services.AddSingleton<HostBoard>();
        services.AddSingleton<HostConnections>();
        services.AddSingleton<HostMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<HostMonitor>());
        services.AddSingleton<SshOneTimeLogin>();
        services.AddSingleton<BootstrapSecrets>();
        services.AddSingleton<BootstrapBoard>();
        services.AddSingleton<IOperationHandler, BootstrapOperation>();
        services.AddHostedService(provider => provider.GetRequiredService<BootstrapBoard>());
        foreach (var action in Enum.GetValues<PowerAction>())
        {
            services.AddSingleton<IOperationHandler>(provider => ActivatorUtilities.CreateInstance<PowerOperation>(provider, action));
        }

        services.AddScoped<PowerService>();
        services.AddScoped<BootstrapService>();
        services.AddScoped<HostService>();
        services.AddScoped<HostBulkService>();
        services.AddScoped<HostImportService>();
        return services;
    }
}
