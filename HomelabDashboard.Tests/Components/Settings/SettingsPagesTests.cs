using Bunit;
using HomelabDashboard.Components.Pages.Settings;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace HomelabDashboard.Tests.Components.Settings;

/// <summary>The pages over the real services and a real database.</summary>
public sealed class SettingsPagesTests : BunitContext, IAsyncLifetime
{
    private readonly TestApp _app = TestApp.Start();
    private AsyncServiceScope _scope;

    public async Task InitializeAsync()
    {
        _scope = _app.Services.CreateAsyncScope();
        var admin = await _scope.ServiceProvider.GetRequiredService<SignInService>()
            .SignInAsync(TestApp.AdminName, TestApp.Password, null, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", CancellationToken.None);
        var access = _scope.ServiceProvider.GetRequiredService<Access>();
        access.Use(admin.Value!);
        JSInterop.Mode = JSRuntimeMode.Loose;
        foreach (var service in new[] { typeof(AccountService), typeof(SignInService), typeof(TokenService), typeof(UserService) })
        {
            Services.AddSingleton(service, _scope.ServiceProvider.GetRequiredService(service));
        }

        Services.AddSingleton(TimeProvider.System);
        Services.AddScoped<UserTime>();
        Services.AddRadzenComponents();
        var caller = await access.RequireAsync();
        RenderTree.Add<CascadingValue<Caller>>(p => p.Add(c => c.Value, caller));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_token_is_shown_once_works_and_dies_when_revoked()
    {
        var page = Render<TokensPage>();
        page.WaitForElement("#token-name").Change("backup script");
        page.FindAll("fieldset.scopes label").Single(l => l.TextContent.Trim() == Scopes.UsersRead).QuerySelector("input")!.Change(true);
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("backup script", page.Find("tbody").TextContent, StringComparison.Ordinal));
        var token = page.Find(".copyline code").TextContent;
        Assert.StartsWith("hld_", token, StringComparison.Ordinal);

        using var program = _app.Anonymous();
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var allowed = await program.GetAsync("/api/v1/users");
        Assert.True(allowed.IsSuccessStatusCode);
        using var refused = await program.PostAsync("/api/v1/users", null);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);

        page.FindAll("button").Single(b => b.TextContent == "Done").Click();
        Assert.DoesNotContain(token, page.Markup, StringComparison.Ordinal);
        var tokens = _scope.ServiceProvider.GetRequiredService<TokenService>();
        Assert.True((await tokens.RevokeAsync(Assert.Single((await tokens.ListOwnAsync(new(), CancellationToken.None)).Items).Id)).Succeeded);
        using var late = await program.GetAsync("/api/v1/me");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task A_token_without_name_or_scope_is_not_made()
    {
        var page = Render<TokensPage>();
        await page.WaitForElement("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Give the token a name.", page.Markup, StringComparison.Ordinal));
        page.Find("#token-name").Change("x");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Choose at least one scope.", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_is_added_with_the_role_chosen_and_refusals_stand_at_their_fields()
    {
        var page = Render<AddUserPage>();
        page.Find("#user-name").Change("grace");
        page.Find("#user-password").Change("grace");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("10 to 200 characters", page.Find("#user-password-error").TextContent, StringComparison.Ordinal));

        page.Find("#user-password").Change(TestApp.Password);
        page.Find("#user-role").Change("Operator");
        await page.Find("form").SubmitAsync();
        var users = Render<UsersPage>();
        users.WaitForAssertion(() => Assert.Contains("Operator", users.FindAll("tbody tr").Single(r => r.TextContent.Contains("grace", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_admin_cannot_be_demoted_in_the_page_either()
    {
        var page = Render<UserPage>(p => p.Add(x => x.Id, 1));
        page.WaitForElement("#user-role").Change("Viewer");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("This is the last active admin.", page.Find(".form-error").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_password_ends_the_other_sign_ins_alone()
    {
        using var elsewhere = await _app.BrowserAsync(UserRole.Admin);
        var form = Render<PasswordForm>();
        form.Find("#present-password").Change("not this one");
        form.Find("#new-password").Change("another good password");
        await form.Find("form").SubmitAsync();
        form.WaitForAssertion(() => Assert.Contains("not your present password", form.Find("#present-password-error").TextContent, StringComparison.Ordinal));

        form.Find("#present-password").Change(TestApp.Password);
        await form.Find("form").SubmitAsync();
        form.WaitForAssertion(() => Assert.Empty(form.FindAll(".error")));
        using var other = await elsewhere.GetAsync("/api/v1/me");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, other.StatusCode);
        var list = Render<SignInList>();
        list.WaitForAssertion(() => Assert.Contains("Firefox on Linux", Assert.Single(list.FindAll("tbody tr")).TextContent, StringComparison.Ordinal));
    }
}
