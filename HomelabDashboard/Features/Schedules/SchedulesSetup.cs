using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Schedules;

public static class SchedulesSetup
{
    public static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.AddSingleton<LiveStore<string, ScheduleRecord>>();
        services.AddSingleton<ScheduleClock>();
        services.AddSingleton<ScheduleNews>();
        services.AddSingleton<ScheduleRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleRunner>());
        services.AddScoped<ScheduleService>();
        return services;
    }
}
