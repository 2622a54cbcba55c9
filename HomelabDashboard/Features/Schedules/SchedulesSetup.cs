using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Web;

namespace HomelabDashboard.Features.Schedules;

public static class SchedulesSetup
{
    public static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.AddValidatedOptions<SchedulesOptions>("Schedules");
        services.AddSingleton<LiveStore<string, ScheduleRecord>>();
        services.AddSingleton<ScheduleClock>();
        services.AddSingleton<ScheduleNews>();
        services.AddSingleton<ScheduleBook>();
        services.AddSingleton<ScheduleRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleRunner>());
        services.AddScoped<ScheduleService>();
        return services;
    }
}
