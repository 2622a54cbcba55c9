namespace HomelabDashboard.Features.Notifications;

public static class NotificationsSetup
{
    /// <summary>To be added after the alerts.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<SmtpSender>();
        services.AddSingleton<ChannelSender>();
        services.AddSingleton<ChannelSecrets>();
        services.AddSingleton<NotificationPlan>();
        services.AddSingleton<DeliverySift>();
        services.AddSingleton<NotificationOutbox>();
        services.AddHostedService(provider => provider.GetRequiredService<NotificationOutbox>());
        services.AddScoped<ChannelService>();
        return services;
    }
}
