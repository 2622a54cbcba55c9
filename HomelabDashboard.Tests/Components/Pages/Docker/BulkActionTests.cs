using Bunit;
using HomelabDashboard.Components.Pages.Docker;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Features.Docker;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Radzen.Blazor;

namespace HomelabDashboard.Tests.Components.Pages.Docker;

/// <summary>What is done with several containers of a real engine at once, from the page.</summary>
public sealed class BulkActionTests(DockerLab lab) : IClassFixture<DockerLab>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly string[] Names = ["first", "second", "wrong"];

    [Fact]
    public Task Several_are_stopped_started_and_removed_and_each_ends_as_it_does() => lab.App.AsAsync(UserRole.Operator, async services =>
    {
        await lab.Engine.RunContainerAsync("first", "trap 'exit 0' TERM; while :; do sleep 0.1; done");
        await lab.Engine.RunContainerAsync("second", "trap 'exit 0' TERM; while :; do sleep 0.1; done");
        await lab.Engine.DockerAsync("create", "--name", "wrong", "--network", "none", PrivateEngine.Image, "/no/such/program");
        await lab.SeenAsync("wrong", c => c.State == "created", "created");
        await using var context = new BunitContext();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddFallbackServiceProvider(services);
        context.Services.AddRadzenComponents();
        var caller = await services.GetRequiredService<Access>().RequireAsync();
        var dialog = context.Render<RadzenDialog>();
        var page = context.Render<ContainersPage>(p => p.AddCascadingValue(caller));
        var notifications = context.Services.GetRequiredService<NotificationService>().Messages;
        Shows("Running", "Running", "Created");

        // A stop can be taken back, and is not asked about; what does not run is left out of it.
        await SelectAsync(Names);
        await PressAsync("Stop");
        Shows("Exited", "Exited", "Created");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".bulk")), Deadline);
        Assert.Empty(dialog.FindAll("form"));
        Assert.Empty(notifications);

        // One that cannot do it keeps none of the others from it, and is named with the engine's own reason.
        await SelectAsync(Names);
        await PressAsync("Start");
        Shows("Running", "Running", "Created");
        page.WaitForAssertion(() => Assert.Single(notifications), Deadline);
        Assert.Equal(NotificationSeverity.Error, notifications[0].Severity);
        Assert.StartsWith("wrong: ", notifications[0].Summary, StringComparison.Ordinal);
        Assert.Contains("/no/such/program", notifications[0].Summary, StringComparison.Ordinal);

        // What is lost for good is asked about, by how many there are and with their names.
        await SelectAsync("first", "wrong");
        var refused = PressAsync("Remove…");
        dialog.WaitForElement("form", Deadline);
        Assert.Equal("Remove 2 containers?", dialog.Find(".rz-dialog-title").TextContent.Trim());
        Assert.StartsWith("first, wrong: what was written inside and to anonymous volumes is lost.", dialog.Find("form p").TextContent, StringComparison.Ordinal);
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
        await dialog.InvokeAsync(() => dialog.Find("form button[type=button]").Click());
        await refused.WaitAsync(Deadline);
        Assert.Equal("2 selected", page.Find(".bulk b").TextContent);
        Assert.Equal(3, (await lab.Engine.DockerAsync("ps", "-aq")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        var removed = PressAsync("Remove…");
        dialog.WaitForElement("form", Deadline);
        await dialog.InvokeAsync(() => dialog.Find("#confirm-name").Input("2 containers"));
        await dialog.InvokeAsync(() => dialog.Find("form").Submit());
        await removed.WaitAsync(Deadline);
        Shows(null, "Running", null);
        Assert.Equal("second", (await lab.Engine.DockerAsync("ps", "-a", "--format", "{{.Names}}")).Trim());
        Assert.Single(notifications);
        await page.Instance.DisposeAsync();
        return true;

        // Its row is read again in the same turn in which it is used: figures redraw it at any time.
        Task SelectAsync(params string[] names) => page.InvokeAsync(() => Array.ForEach(names, name => page.Find($"input[aria-label='Select {name}']").Change(true)));

        async Task PressAsync(string label)
        {
            var pressed = Task.CompletedTask;
            page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".bulk")), Deadline);
            await page.InvokeAsync(() => { pressed = page.FindAll(".bulk button").Single(b => b.TextContent.Trim() == label).ClickAsync(); });
            await pressed;
        }

        void Shows(params string?[] states) => page.WaitForAssertion(() => Assert.Equal(states, Names.Select(StateOf)), Deadline);

        string? StateOf(string name) => page.FindAll("tr").SingleOrDefault(r => r.QuerySelector("td.name a")?.TextContent == name)?.QuerySelector("td.state")?.TextContent.Trim();
    });
}
