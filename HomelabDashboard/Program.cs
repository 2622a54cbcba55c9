using HomelabDashboard;
using HomelabDashboard.Components;
using HomelabDashboard.Data;
using HomelabDashboard.Features;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Events;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.LogSearch;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Features.Settings;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure.Logging;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Web;

if (await SideCommands.RunAsync(args) is { } exitCode)
{
    return exitCode;
}

try
{
    var model = DataSetup.BuildModelAsync();
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var folder = new DataFolder(builder.Configuration["HOMELAB_DATA_DIR"] is { Length: > 0 } path ? path : "data");
    builder.WebHost.UseStaticWebAssets();
    builder.WebHost.UseKestrelHttpsConfiguration();
    var urls = builder.Configuration["HOMELAB_URLS"] is { Length: > 0 } set ? set : SideCommands.DefaultUrl;
    builder.WebHost.UseUrls(urls);
    builder.Logging.AddFileLog(folder.Folder("logs"));

    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddSingleton(provider => new ProcessLedger(Path.Combine(folder.Root, "processes.json"), provider.GetRequiredService<ILogger<ProcessLedger>>()));
    builder.Services.AddHostedService<StartLeftovers>();
    builder.Services.AddData(folder);
    builder.Services.AddWeb(folder.Folder("keys"));
    builder.Services.AddLogs();
    builder.Services.AddAccounts();
    builder.Services.AddLogSearch();
    builder.Services.AddAlerts();
    builder.Services.AddOperations();
    builder.Services.AddHostMetrics();
    builder.Services.AddDocker();
    builder.Services.AddHosts();
    builder.Services.AddAutomation();
    builder.Services.AddSchedules();
    builder.Services.AddTerminals();
    builder.Services.AddSettings();
    builder.Services.AddEvents();
    builder.Services.AddAlertRules();
    builder.Services.AddNotifications();
    builder.Services.AddApiDocument();
    builder.Services.AddHealth();
    builder.Services.AddPages();

    await using var app = builder.Build();
    _ = app.Services.GetRequiredService<DataLock>();
    app.Services.CheckOptions([
        .. ListenAddresses.Faults(urls, app.Configuration.GetSection("Kestrel:Certificates:Default").Exists()),
        .. await app.Services.GetRequiredService<FirstAdmin>().FaultsAsync(app.Lifetime.ApplicationStopping)]);

    app.UseWeb();
    app.UseAccounts();
    app.UseApiDocumentPage();
    app.MapStaticAssets();
    app.MapApiDocument();
    app.MapHealth();
    app.MapAccounts();
    app.MapOperations();
    app.MapApi().MapHosts();
    app.MapApi().MapHostMetrics();
    app.MapApi().MapDocker();
    app.MapApi().MapAutomation();
    app.MapApi().MapSchedules();
    app.MapApi().MapLogs();
    app.MapApi().MapEvents();
    app.MapApi().MapAlerts();
    app.MapApi().MapAlertRules();
    app.MapApi().MapNotifications();
    app.MapTerminals();
    app.MapPages();
    app.BuildEndpoints();
    app.Services.ReadyKeys();

    // Made here, where the model is still being built, and not one after the other when it is.
    _ = app.Services.GetServices<IHostedService>();

    await model;
    await app.Services.GetRequiredService<DatabaseUpgrade>().RunAsync(app.Lifetime.ApplicationStopping);
    app.Services.GetRequiredService<ProcessLedger>().EndLeftovers();
    await app.Services.GetRequiredService<FirstAdmin>().StartAsync(app.Lifetime.ApplicationStopping);
    await app.RunAsync();
    return 0;
}
catch (Exception refused) when (refused is StartupException or DataFolderException or DatabaseTooNewException)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 1;
}
