namespace HomelabDashboard.Features.Logs;

public static class LogsSetup
{
    public static IServiceCollection AddLogs(this IServiceCollection services)
    {
        services.AddSingleton<ActivityLog>();
        services.AddHostedService(provider => provider.GetRequiredService<ActivityLog>());
        return services;
    }
}
