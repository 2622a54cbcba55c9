using HomelabDashboard.Data;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ansible;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Web;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Automation;

public static class AutomationSetup
{
    /// <summary>The room's name in the activity log.</summary>
    internal const string Source = "automation";

    public static IServiceCollection AddAutomation(this IServiceCollection services)
    {
        services.AddValidatedOptions<AutomationOptions>("Automation");
        services.AddSingleton(new AnsiblePrograms());
        services.AddSingleton(provider => new AnsibleFolder(provider.GetRequiredService<DataFolder>().Folder("ansible")));
        services.AddSingleton(provider => new RunFiles(provider.GetRequiredService<DataFolder>().Folder("runs")));
        services.AddSingleton(provider => new PlaybookFolder(
            provider.GetRequiredService<IOptions<AutomationOptions>>().Value.PlaybooksFolder is { Length: > 0 } folder
                ? folder
                : Path.Combine(provider.GetRequiredService<DataFolder>().Root, "playbooks")));
        services.AddSingleton<LiveStore<string, RunRecord>>();
        services.AddSingleton<RunInventory>();
        services.AddSingleton<RunSecrets>();
        services.AddSingleton<RunBoard>();
        services.AddHostedService(provider => provider.GetRequiredService<RunBoard>());
        services.AddSingleton<RunService>();
        services.AddSingleton<IOperationHandler, PlaybookRunOperation>();
        services.AddSingleton<LiveStore<string, PlaybookLint>>();
        services.AddSingleton<IOperationHandler, PlaybookLinter>();
        services.AddSingleton<PlaybookSaving>();
        services.AddScoped<AutomationService>();
        services.AddScoped<PlaybookService>();
        return services;
    }
}
