using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Infrastructure.Web;

/// <summary>One program for all the tests that leave it as it was.</summary>
public sealed class ApiMannersApp : IAsyncLifetime
{
    public TestApp App { get; } = TestApp.Start();

    public HttpClient Program { get; private set; } = default!;

    public async Task InitializeAsync() => Program = await App.ProgramAsync(UserRole.Admin);

    public async Task DisposeAsync()
    {
        Program.Dispose();
        await App.DisposeAsync();
    }
}

public sealed class ApiMannersTests(ApiMannersApp shared) : IClassFixture<ApiMannersApp>
{
    private readonly TestApp _app = shared.App;
    private readonly HttpClient _program = shared.Program;

    [Theory]
    [InlineData("GET", "/api/v1/nothing/here", null, 404, "NOT_FOUND", null)]
    [InlineData("GET", "/api/nothing", null, 404, "NOT_FOUND", null)]
    [InlineData("GET", "/hubs/nothing", null, 404, "NOT_FOUND", null)]
    [InlineData("GET", "/api/v1/users/abc", null, 404, "NOT_FOUND", null)]
    [InlineData("GET", "/api/v1/users/999", null, 404, "NOT_FOUND", null)]
    [InlineData("DELETE", "/api/v1/tokens/none", null, 404, "NOT_FOUND", null)]
    [InlineData("PUT", "/api/v1/users", "{}", 405, "METHOD_NOT_ALLOWED", null)]
    [InlineData("POST", "/api/v1/users", "{\"username\":", 400, "VALIDATION_FAILED", null)]
    [InlineData("POST", "/api/v1/users", "", 400, "VALIDATION_FAILED", null)]
    [InlineData("POST", "/api/v1/users", "[]", 400, "VALIDATION_FAILED", null)]
    [InlineData("POST", "/api/v1/users", "null", 400, "VALIDATION_FAILED", null)]
    [InlineData("POST", "/api/v1/users", "{\"username\":\"x\",\"is_root\":true}", 400, "VALIDATION_FAILED", "is_root")]
    [InlineData("POST", "/api/v1/users", "{\"username\":5}", 400, "VALIDATION_FAILED", "username")]
    [InlineData("POST", "/api/v1/users", "{\"role\":\"root\"}", 400, "VALIDATION_FAILED", "role")]
    [InlineData("POST", "/api/v1/users", "{\"role\":0}", 400, "VALIDATION_FAILED", "role")]
    [InlineData("POST", "/api/v1/users", "{\"role\":\"admin\",\"role\":\"viewer\"}", 400, "VALIDATION_FAILED", null)]
    [InlineData("POST", "/api/v1/users", "{\"username\":\"-oProxyCommand\",\"password\":\"0123456789\",\"role\":\"viewer\"}", 400, "VALIDATION_FAILED", "username")]
    [InlineData("POST", "/api/v1/auth/token", "{\"username\":\"alice\"}", 400, "VALIDATION_FAILED", "password")]
    [InlineData("POST", "/api/v1/auth/token", "{\"username\":null,\"password\":\"x\"}", 400, "VALIDATION_FAILED", "username")]
    [InlineData("POST", "/api/v1/auth/token", "{\"username\":\"alice\",\"password\":\"x\",\"totp\":\"123456\"}", 400, "VALIDATION_FAILED", "totp")]
    [InlineData("POST", "/api/v1/auth/token", "{\"username\":\"alice\",\"password\":\"x\",\"expires_in\":\"soon\"}", 400, "VALIDATION_FAILED", "expires_in")]
    [InlineData("POST", "/api/v1/auth/token", "{\"username\":\"alice\",\"password\":\"correct horse battery\",\"scopes\":[\"all\"]}", 400, "VALIDATION_FAILED", "scopes")]
    [InlineData("POST", "/api/v1/auth/token", "{\"username\":\"alice\",\"password\":\"correct horse battery\",\"scopes\":[]}", 400, "VALIDATION_FAILED", "scopes")]
    [InlineData("GET", "/api/v1/users?limit=0", null, 400, "VALIDATION_FAILED", "limit")]
    [InlineData("GET", "/api/v1/users?limit=501", null, 400, "VALIDATION_FAILED", "limit")]
    [InlineData("GET", "/api/v1/users?limit=many", null, 400, "VALIDATION_FAILED", "limit")]
    [InlineData("GET", "/api/v1/users?cursor=%20!", null, 400, "VALIDATION_FAILED", "cursor")]
    public async Task Every_refusal_is_problem_details_with_its_code(string method, string path, string? body, int status, string code, string? field)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _program.SendAsync(request);
        var problem = await ProblemAsync(answer, status, code);
        if (field is not null)
        {
            var message = problem.GetProperty("errors").GetProperty(field)[0].GetString();
            Assert.False(string.IsNullOrWhiteSpace(message));
        }
    }

    [Fact]
    public async Task A_body_that_is_no_json_by_its_type_is_refused()
    {
        using var content = new StringContent("username=x", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await _program.PostAsync("/api/v1/users", content);
        await ProblemAsync(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public async Task A_body_over_one_MiB_is_refused()
    {
        using var content = new StringContent("{\"username\":\"" + new string('x', 1024 * 1024) + "\"}", Encoding.UTF8, "application/json");
        using var answer = await _program.PostAsync("/api/v1/users", content);
        await ProblemAsync(answer, 413, "PAYLOAD_TOO_LARGE");
    }

    [Theory]
    [InlineData("/api/v1/me")]
    [InlineData("/api/v1/users")]
    public async Task Nobody_gets_401_and_no_redirect(string path)
    {
        using var client = _app.Anonymous();
        using var without = await client.GetAsync(path);
        await ProblemAsync(without, 401, "UNAUTHENTICATED");
        Assert.Equal("Bearer", without.Headers.WwwAuthenticate.ToString());
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "hld_" + new string('0', 12) + "_" + new string('A', 43));
        using var wrong = await client.GetAsync(path);
        await ProblemAsync(wrong, 401, "UNAUTHENTICATED");
    }

    [Fact]
    public async Task A_cookie_needs_the_antiforgery_token_for_what_changes_things_and_a_bearer_token_does_not()
    {
        using var browser = await _app.BrowserAsync(UserRole.Admin);
        using var own = await browser.PostAsJsonAsync("/api/v1/users", new { username = "grace", password = TestApp.Password, role = "viewer" });
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);

        browser.DefaultRequestHeaders.Remove("X-CSRF-TOKEN");
        using var forged = await browser.PostAsJsonAsync("/api/v1/users", new { username = "mallory", password = TestApp.Password, role = "admin" });
        await ProblemAsync(forged, 400, "ANTIFORGERY_FAILED");

        using var program = await _program.DeleteAsync(own.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.NoContent, program.StatusCode);
    }

    [Fact]
    public async Task Names_are_snake_case_and_times_are_UTC()
    {
        var user = (await _program.GetFromJsonAsync<JsonElement>("/api/v1/users")).GetProperty("items")[0];
        Assert.Equal(
            ["created_at", "display_name", "email", "id", "is_active", "is_superuser", "last_login", "password_changed_at", "role", "updated_at", "username"],
            user.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal("admin", user.GetProperty("role").GetString());
        Assert.EndsWith("Z", user.GetProperty("created_at").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        for (var i = 0; i < 4; i++)
        {
            using var added = await _program.PostAsJsonAsync("/api/v1/users", new { username = $"user{i}", password = TestApp.Password, role = "viewer" });
            Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        }

        var (names, cursor, pages) = (new List<string>(), "", 0);
        do
        {
            var page = await _program.GetFromJsonAsync<JsonElement>($"/api/v1/users?limit=2{cursor}");
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(u => u.GetProperty("username").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString() is { } next ? "&cursor=" + next : "";
            pages++;
        }
        while (cursor.Length > 0);
        Assert.Equal(3, pages);
        Assert.Equal([TestApp.AdminName, "user0", "user1", "user2", "user3"], names);
    }

    [Fact]
    public async Task The_document_names_every_endpoint_with_its_summary_scope_and_errors()
    {
        using var client = _app.Anonymous();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
        var endpoints = _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/api/v1", StringComparison.Ordinal) is true).ToList();
        Assert.NotEmpty(endpoints);
        foreach (var endpoint in endpoints)
        {
            var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p =>
                p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter ? $"{{{parameter.Name}}}"
                : ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart)p).Content))));
            foreach (var method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods)
            {
                var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant());
                Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("summary").GetString()), $"{method} {path} has no summary");
                var scope = operation.GetProperty("x-scope").GetString()!;
                Assert.True(scope is "none" or "any" || Scopes.All.Contains(scope), $"{method} {path}: {scope}");
                Assert.Equal(endpoint.Metadata.GetMetadata<ScopeMetadata>()?.Scope ?? (scope == "none" ? "none" : "any"), scope);
                Assert.True(operation.GetProperty("responses").TryGetProperty("401", out _));
                Assert.True(scope == "none" || operation.TryGetProperty("security", out _));
            }
        }
    }

    [Theory]
    [InlineData("/api/docs/index.html")]
    [InlineData("/api/docs/index.js")]
    [InlineData("/api/docs/swagger-ui-bundle.js")]
    public async Task The_readable_page_is_served_by_the_dashboard_itself(string path)
    {
        using var client = _app.Anonymous();
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        if (path.EndsWith(".html", StringComparison.Ordinal))
        {
            var html = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotMatch("<script(?![^>]*src)", html);
            Assert.DoesNotMatch("(src|href)=.https?:", html);
        }
    }

    [Fact]
    public async Task Health_needs_no_sign_in()
    {
        using var client = _app.Anonymous();
        Assert.Equal("Healthy", await client.GetStringAsync("/healthz"));
        Assert.Equal("database: ok\ndisk: ok\n", await client.GetStringAsync("/readyz"));
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal((status, code), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()));
        Assert.DoesNotContain("HomelabDashboard.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        return problem;
    }
}
