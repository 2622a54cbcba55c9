using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Accounts;

public sealed class RoleTests
{
    private static readonly Dictionary<string, Func<IServiceProvider, Task>> Calls = new()
    {
        [Scopes.UsersRead + " list"] = s => s.GetRequiredService<UserService>().ListAsync(new(), CancellationToken.None),
        [Scopes.UsersRead + " get"] = s => s.GetRequiredService<UserService>().GetAsync(1, CancellationToken.None),
        [Scopes.UsersWrite + " add"] = s => s.GetRequiredService<UserService>().AddAsync(new("new", TestApp.Password, UserRole.Viewer)),
        [Scopes.UsersWrite + " update"] = s => s.GetRequiredService<UserService>().UpdateAsync(1, new(DisplayName: "Ada")),
        [Scopes.UsersWrite + " delete"] = s => s.GetRequiredService<UserService>().DeleteAsync(999),
    };

    [Fact]
    public async Task Each_service_call_asks_for_its_scope()
    {
        await using var app = TestApp.Start();
        foreach (var (name, call) in Calls)
        {
            var scope = name.Split(' ')[0];
            foreach (var role in Enum.GetValues<UserRole>())
            {
                var denied = await app.AsAsync(role, s => RefusalAsync(() => call(s)));
                Assert.True(denied == (Scopes.Of(role).Contains(scope) ? null : scope), $"{name} as {role} answered {denied ?? "yes"}");
            }

            await using var nobody = app.Services.CreateAsyncScope();
            nobody.ServiceProvider.GetRequiredService<Access>().Use(new());
            Assert.Equal("sign in", await RefusalAsync(() => call(nobody.ServiceProvider)));
        }
    }

    [Theory]
    [InlineData(UserRole.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(UserRole.Operator, HttpStatusCode.Forbidden)]
    [InlineData(UserRole.Admin, HttpStatusCode.OK)]
    public async Task The_api_refuses_by_role_for_cookie_and_token_alike(UserRole role, HttpStatusCode expected)
    {
        await using var app = TestApp.Start();
        foreach (var client in new[] { await app.BrowserAsync(role), await app.ProgramAsync(role) })
        {
            using var answer = await client.GetAsync("/api/v1/users");
            Assert.Equal(expected, answer.StatusCode);
            if (expected == HttpStatusCode.Forbidden)
            {
                var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
                Assert.Equal(("FORBIDDEN", "users:read"), (body.GetProperty("code").GetString(), body.GetProperty("required_scope").GetString()));
            }

            client.Dispose();
        }
    }

    [Fact]
    public async Task The_last_active_admin_stays_one()
    {
        await using var app = TestApp.Start();
        using var admin = await app.ProgramAsync(UserRole.Admin);
        var id = (await admin.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetInt32();
        using var second = await admin.PostAsJsonAsync("/api/v1/users", new { username = "second", password = TestApp.Password, role = "admin" });
        var secondId = (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
        using var demoted = await admin.PatchAsJsonAsync($"/api/v1/users/{secondId}", new { is_active = false });
        Assert.Equal(HttpStatusCode.OK, demoted.StatusCode);

        foreach (var request in new HttpRequestMessage[]
        {
            new(HttpMethod.Delete, $"/api/v1/users/{id}"),
            new(HttpMethod.Patch, $"/api/v1/users/{id}") { Content = JsonContent.Create(new { role = "viewer" }) },
            new(HttpMethod.Patch, $"/api/v1/users/{id}") { Content = JsonContent.Create(new { is_active = false }) },
        })
        {
            using var answer = await admin.SendAsync(request);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Equal("LAST_ADMIN", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Two_admins_who_demote_each_other_at_once_leave_one()
    {
        await using var app = TestApp.Start();
        var second = await app.AsAsync(UserRole.Admin, s => s.GetRequiredService<UserService>().AddAsync(new("second", TestApp.Password, UserRole.Admin)));
        var demotions = new[] { 1, second.Value!.Id }.Select(id => app.AsAsync(UserRole.Admin, async s =>
        {
            try
            {
                return (await s.GetRequiredService<UserService>().UpdateAsync(id, new(Role: UserRole.Viewer))).Succeeded;
            }
            catch (AccessDeniedException)
            {
                return false;
            }
        }));
        Assert.Single(await Task.WhenAll(demotions), succeeded => succeeded);
    }

    [Fact]
    public async Task A_token_that_may_write_users_but_is_no_admin_makes_no_admin()
    {
        await using var app = TestApp.Start();
        using var program = await app.ProgramAsync(UserRole.Admin, Scopes.UsersWrite);
        using var made = await program.PostAsJsonAsync("/api/v1/users", new { username = "mallory", password = TestApp.Password, role = "admin" });
        Assert.Equal(HttpStatusCode.Forbidden, made.StatusCode);
        using var reset = await program.PatchAsJsonAsync("/api/v1/users/1", new { password = "another password" });
        Assert.Equal(HttpStatusCode.Forbidden, reset.StatusCode);
    }

    [Theory]
    [InlineData("deactivated")]
    [InlineData("demoted")]
    [InlineData("deleted")]
    [InlineData("reset")]
    public async Task A_changed_user_is_signed_out_at_once(string how)
    {
        await using var app = TestApp.Start();
        using var browser = await app.BrowserAsync(UserRole.Operator);
        using var program = await app.ProgramAsync(UserRole.Operator, Scopes.HostsRead);
        var id = (await program.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetInt32();
        var told = new List<int>();
        app.Services.GetRequiredService<AccountDirectory>().Changed += told.Add;
        var problem = await app.AsAsync(UserRole.Admin, async s =>
        {
            var users = s.GetRequiredService<UserService>();
            return how switch
            {
                "deactivated" => (await users.UpdateAsync(id, new(IsActive: false))).Problem,
                "demoted" => (await users.UpdateAsync(id, new(Role: UserRole.Viewer))).Problem,
                "reset" => (await users.UpdateAsync(id, new(Password: "another password"))).Problem,
                _ => (await users.DeleteAsync(id)).Problem,
            };
        });
        Assert.Null(problem);
        Assert.Contains(id, told);
        using var page = await browser.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
        using var api = await program.GetAsync("/api/v1/me");
        Assert.Equal(how == "demoted" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, api.StatusCode);
        using var again = await TestApp.SignInAsync(app.Anonymous(), "operator", TestApp.Password);
        Assert.Equal(how == "demoted" ? HttpStatusCode.Redirect : HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task A_deleted_name_can_be_used_again()
    {
        await using var app = TestApp.Start();
        var outcome = await app.AsAsync(UserRole.Admin, async s =>
        {
            var users = s.GetRequiredService<UserService>();
            var first = await users.AddAsync(new("grace", TestApp.Password, UserRole.Viewer));
            var taken = await users.AddAsync(new("GRACE", TestApp.Password, UserRole.Viewer));
            await users.DeleteAsync(first.Value!.Id);
            var second = await users.AddAsync(new("grace", TestApp.Password, UserRole.Viewer));
            return (taken.Problem?.Code, second.Succeeded);
        });
        Assert.Equal(("USER_EXISTS", true), outcome);
    }

    private static async Task<string?> RefusalAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (AccessDeniedException e)
        {
            return e.RequiredScope ?? "sign in";
        }
    }
}
