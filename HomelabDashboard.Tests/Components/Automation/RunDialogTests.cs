using System.Net.Http.Json;
using System.Text.Json;
using Bunit;
using HomelabDashboard.Components.Pages.Automation;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace HomelabDashboard.Tests.Components.Automation;

/// <summary>The form over the real services: a run on the hosts that failed before stays one of these alone as long as it is about them.</summary>
public sealed class RunDialogTests : BunitContext, IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start();
    private AsyncServiceScope _scope;
    private string _nas = "";

    public async Task InitializeAsync()
    {
        using var api = await _app.ProgramAsync(UserRole.Operator);
        using var made = await api.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = "127.0.0.9", ssh_port = 1, ssh_user = "nobody" });
        _nas = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        _scope = _app.Services.CreateAsyncScope();
        var admin = await _scope.ServiceProvider.GetRequiredService<SignInService>()
            .SignInAsync(TestApp.AdminName, TestApp.Password, null, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", CancellationToken.None);
        _scope.ServiceProvider.GetRequiredService<Access>().Use(admin.Value!);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(_scope.ServiceProvider.GetRequiredService<AutomationService>());
        Services.AddSingleton(_scope.ServiceProvider.GetRequiredService<HostService>());
        Services.AddRadzenComponents();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Only_those_that_failed_unless_that_is_cleared_or_it_goes_elsewhere()
    {
        string[] both = ["media", "nas"];
        Assert.Equal(both, await RunAsync("collect-facts.yml", form => Assert.True(form.Find("#run-only").HasAttribute("checked"))));
        Assert.Null(await RunAsync("upgrade-packages.yml", form => form.Find("#run-only").Change(false)));
        Assert.Null(await RunAsync("install-docker.yml", form =>
        {
            form.Find("#run-where").Change("host:" + _nas);
            Assert.Empty(form.FindAll("#run-only"));
        }));
        Assert.Null(await RunAsync("back-up-folder.yml", form =>
        {
            form.Find("#run-limit").Change("nas");
            Assert.Empty(form.FindAll("#run-only"));
        }));
        Assert.Equal(both, await RunAsync("reboot-if-needed.yml", form =>
        {
            form.Find("#run-where").Change("host:" + _nas);
            form.Find("#run-where").Change(RunRules.All);
        }));

        async Task<IReadOnlyList<string>?> RunAsync(string playbook, Action<IRenderedComponent<RunDialog>> change)
        {
            var form = Render<RunDialog>(p => p.Add(d => d.Request, new RunRequest(playbook, RunRules.All) { OnlyHosts = both }));
            form.WaitForAssertion(() => Assert.Contains("Only on the 2 hosts that failed before", form.Markup, StringComparison.Ordinal));
            change(form);
            await form.Find("form").SubmitAsync();
            var live = _app.Services.GetRequiredService<RunBoard>().Live;
            return live.Snapshot().Values.Single(r => r.Playbook == playbook).Request.OnlyHosts;
        }
    }
}
