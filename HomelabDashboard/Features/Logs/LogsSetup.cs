using HomelabDashboard.Infrastructure.Web;

namespace HomelabDashboard.Features.Logs;

public static class LogsSetup
{
    public static IServiceCollection AddLogs(this IServiceCollection services)
    {
        services.AddValidatedOptions<LogsOptions>("Logs");
        services.AddSingleton<ActivityLog>();
        services.AddHostedService<ActivityLogWriter>();
        services.AddHostedService<LogPruner>();
        services.AddSingleton<ILoggerProvider, DashboardLog>();
        return services;
    }
}
