namespace HomelabDashboard.Features.Alerts;

public static class AlertsSetup
{
    /// <summary>To be added before the rooms that have something to say, so that it is written after they have ended.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton<AlertBook>();
        services.AddSingleton<AlertPruning>();
        services.AddHostedService<AlertWriter>();
        services.AddScoped<AlertService>();
        return services;
    }
}
