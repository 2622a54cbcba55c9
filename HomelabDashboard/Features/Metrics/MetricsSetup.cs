using HomelabDashboard.Features.Metrics.Inventory;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Web;

namespace HomelabDashboard.Features.Metrics;

public static class MetricsSetup
{
    /// <summary>To be added before the hosts, so that the last readings are there before the first new one.</summary>
    public static IServiceCollection AddHostMetrics(this IServiceCollection services)
    {
        services.AddValidatedOptions<MetricsOptions>("Metrics");
        services.AddSingleton<LiveStore<string, HostReading>>();
        services.AddSingleton<MetricsBoard>();
        services.AddSingleton<MetricsIngest>();
        services.AddSingleton<InventoryCollector>();
        services.AddSingleton<MetricRoller>();
        services.AddSingleton<MetricPruner>();
        services.AddSingleton<MetricHistory>();
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<IOperationHandler, CollectOperation>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsIngest>());
        services.AddHostedService(provider => provider.GetRequiredService<InventoryCollector>());
        services.AddHostedService(provider => provider.GetRequiredService<MetricsCollector>());
        services.AddHostedService(provider => provider.GetRequiredService<MetricHistory>());
        services.AddScoped<MetricsService>();
        services.AddScoped<HistoryUseService>();
        return services;
    }
}
