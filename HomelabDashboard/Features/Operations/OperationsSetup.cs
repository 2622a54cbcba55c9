using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Operations;

public static class OperationsSetup
{
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<LiveStore<string, OperationRecord>>();
        services.AddSingleton<OperationOutputs>();
        services.AddSingleton<OperationRows>();
        services.AddSingleton<OperationQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<OperationQueue>());
        services.AddScoped<OperationService>();
        services.AddScoped<WorkerService>();
        return services;
    }
}
