using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.AlertRules;

public static class AlertRulesSetup
{
    /// <summary>To be added after all rooms that the rules look at.</summary>
    public static IServiceCollection AddAlertRules(this IServiceCollection services)
    {
        services.AddSingleton<RuleBook>();
        services.AddSingleton<IAlertQuiet>(provider => provider.GetRequiredService<RuleBook>());
        services.AddSingleton<RuleEvaluator>();
        services.AddHostedService(provider => provider.GetRequiredService<RuleEvaluator>());
        services.AddSingleton<DockerInbox>();
        services.AddHostedService(provider => provider.GetRequiredService<DockerInbox>());
        services.AddScoped<AlertRuleService>();
        return services;
    }
}
