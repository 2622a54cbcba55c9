using Bunit;
using HomelabDashboard.Components.Shared;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Radzen.Blazor;

namespace HomelabDashboard.Tests.Components;

public sealed class ConfirmDialogTests : BunitContext
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public ConfirmDialogTests()
    {
        Services.AddRadzenComponents();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public async Task Where_data_is_lost_the_name_must_be_typed()
    {
        var (page, answer) = Ask(new("Delete nas?", "It is gone.", "Delete host", "nas"));
        Assert.True(page.Find("form button[type=submit]").HasAttribute("disabled"));

        page.Find("#confirm-name").Input("NAS");
        page.Find("form").Submit();
        Assert.True(page.Find("form button[type=submit]").HasAttribute("disabled"));
        Assert.False(answer.IsCompleted);

        page.Find("#confirm-name").Input(" nas ");
        page.Find("form").Submit();
        Assert.True(await answer.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Otherwise_its_button_is_enough()
    {
        var (page, answer) = Ask(new("Sign out everywhere?", "All sessions end.", "Sign out"));

        Assert.Empty(page.FindAll("form input"));
        page.Find("form").Submit();
        Assert.True(await answer.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Cancel_is_no()
    {
        var (page, answer) = Ask(new("Delete nas?", "It is gone.", "Delete host", "nas"));

        page.Find("form button[type=button]").Click();
        Assert.False(await answer.WaitAsync(Deadline));
    }

    private (IRenderedComponent<RadzenDialog> Page, Task<bool> Answer) Ask(Confirmation question)
    {
        var page = Render<RadzenDialog>();
        var answer = page.InvokeAsync(() => Services.GetRequiredService<DialogService>().ConfirmAsync(question));
        page.WaitForElement("form", Deadline);
        return (page, answer);
    }
}
