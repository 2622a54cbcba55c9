using HomelabDashboard.Components.Shared;
using Radzen;

namespace HomelabDashboard.Components;

/// <summary>The pages and what they need.</summary>
public static class ComponentsSetup
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddRadzenComponents();
        services.AddScoped<UserTime>();
        return services;
    }

    public static void MapPages(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode();
}
