namespace HomelabDashboard.Features.Settings;

public static class SettingsSetup
{
    public static IServiceCollection AddSettings(this IServiceCollection services) => services.AddScoped<PaletteUseService>();
}
