namespace HomelabDashboard.Features.LogSearch;

public static class LogSearchSetup
{
    public static IServiceCollection AddLogSearch(this IServiceCollection services) => services.AddScoped<LogSearchService>();
}
