using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HomelabDashboard.Tests.Support;

/// <summary>
/// The whole program in this process, with a data folder and a database file of its own, which go with it. It has an admin
/// (<see cref="AdminName"/>) unless told otherwise. Browsers and programs talk to it by <see cref="HttpClient"/>.
/// </summary>
public sealed class TestApp : IAsyncDisposable
{
    public const string AdminName = "alice";
    public const string Password = "correct horse battery";

    private readonly WebApplicationFactory<Program> _factory;
    private readonly Dictionary<UserRole, string> _names = new() { [UserRole.Admin] = AdminName };
    private readonly SemaphoreSlim _gate = new(1, 1);

    private bool _keepFolder;
    private bool _ended;

    private TestApp(WebApplicationFactory<Program> factory, string folder) => (_factory, Folder) = (factory, folder);

    /// <summary>The data folder.</summary>
    public string Folder { get; }

    public IServiceProvider Services => _factory.Services;

    public TestServer Server => _factory.Server;

    /// <summary>What was logged so far, a line an event.</summary>
    public CapturedLog Log { get; private init; } = default!;

    /// <param name="settings">Configuration keys, such as <c>Homelab:Web:TrustedProxies</c>.</param>
    /// <param name="withAdmin">False: a fresh instance that waits for its first admin.</param>
    /// <param name="services">Replaces or adds services.</param>
    /// <param name="folder">The data folder of a program before this one; null: a new one.</param>
    public static TestApp Start(
        IReadOnlyDictionary<string, string>? settings = null, bool withAdmin = true, Action<IServiceCollection>? services = null, string? folder = null)
    {
        if (folder is null)
        {
            folder = Directory.CreateTempSubdirectory("homelab-test-").FullName;
            EmptyDatabase.CopyTo(folder);
        }

        var log = new CapturedLog();
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseSetting("HOMELAB_DATA_DIR", folder);
            host.UseSetting("HOMELAB_URLS", "http://127.0.0.1:0");
            if (withAdmin)
            {
                host.UseSetting("HOMELAB_ADMIN_USERNAME", AdminName);
                host.UseSetting("HOMELAB_ADMIN_PASSWORD", Password);
            }

            foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            {
                host.UseSetting(key, value);
            }

            host.ConfigureLogging(logging => logging.ClearProviders().AddProvider(log));
            host.ConfigureTestServices(s => services?.Invoke(s));
        });
        var app = new TestApp(factory, folder) { Log = log };
        _ = factory.Server;
        return app;
    }

    /// <summary>Somebody who is not signed in. Redirects are not followed.</summary>
    public HttpClient Anonymous() => _factory.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new("http://localhost") });

    /// <summary>A browser, signed in with the role's user by the sign-in page, that sends the antiforgery token with each request.</summary>
    public async Task<HttpClient> BrowserAsync(UserRole role) => await BrowserAsync(await NameAsync(role));

    /// <inheritdoc cref="BrowserAsync(UserRole)"/>
    public async Task<HttpClient> BrowserAsync(string username, string password = Password)
    {
        var client = Anonymous();
        using var answer = await SignInAsync(client, username, password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var me = await client.GetAsync("/api/v1/me");
        client.DefaultRequestHeaders.Add("X-CSRF-TOKEN", Assert.Single(me.Headers.GetValues("X-CSRF-TOKEN")));
        return client;
    }

    /// <summary>A program with a token of the role's user.</summary>
    /// <param name="role">A user of this role is made where there is none yet.</param>
    /// <param name="scopes">Those of the token; none: all that the role has.</param>
    public async Task<HttpClient> ProgramAsync(UserRole role, params string[] scopes)
    {
        var client = Anonymous();
        using var answer = await client.PostAsJsonAsync(
            "/api/v1/auth/token", new { username = await NameAsync(role), password = Password, scopes = scopes.Length == 0 ? null : scopes });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Opens the sign-in page and posts its form.</summary>
    public static Task<HttpResponseMessage> SignInAsync(HttpClient client, string username, string password, string? returnUrl = null) =>
        PostFormAsync(client, "/login" + (returnUrl is null ? "" : "?returnUrl=" + Uri.EscapeDataString(returnUrl)), new() { ["Input.Username"] = username, ["Input.Password"] = password });

    /// <summary>Opens a page and posts its first form, with the hidden fields that are in it and those given.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(HttpClient client, string page, Dictionary<string, string> fields)
    {
        var html = await client.GetStringAsync(page);
        var form = Regex.Match(html, "<form[^>]*method=\"post\".*?</form>", RegexOptions.Singleline | RegexOptions.NonBacktracking).Value;
        Assert.NotEmpty(form);
        foreach (Match hidden in Regex.Matches(form, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"", RegexOptions.NonBacktracking))
        {
            fields.TryAdd(hidden.Groups[1].Value, WebUtility.HtmlDecode(hidden.Groups[2].Value));
        }

        return await client.PostAsync(page, new FormUrlEncodedContent(fields));
    }

    /// <summary>Does something with the services as the signed-in user of a role.</summary>
    public async Task<T> AsAsync<T>(UserRole role, Func<IServiceProvider, Task<T>> act)
    {
        var name = await NameAsync(role);
        await using var scope = Services.CreateAsyncScope();
        var signIn = await scope.ServiceProvider.GetRequiredService<SignInService>().SignInAsync(name, Password, null, "test", CancellationToken.None);
        scope.ServiceProvider.GetRequiredService<Access>().Use(signIn.Value!);
        return await act(scope.ServiceProvider);
    }

    /// <summary>Waits for a line of the log of what happened.</summary>
    public Task<LogEntry> LineAsync(string message) => Until.NotNullAsync(
        async () =>
        {
            await using var db = await Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
            return await db.Set<LogEntry>().AsNoTracking().FirstOrDefaultAsync(e => e.Message == message);
        },
        message);

    /// <summary>Leaves the data folder to the program that is started in it next.</summary>
    public void KeepFolder() => _keepFolder = true;

    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        await _factory.DisposeAsync();
        _gate.Dispose();
        if (_keepFolder)
        {
            // The program ends on a thread of its own, which the factory does not wait for.
            await Until.TrueAsync(() => IsFree(Path.Combine(Folder, "lock")), "the folder is free");
        }

        for (var triesLeft = 200; !_keepFolder && Directory.Exists(Folder); triesLeft--)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
            }
            catch (IOException) when (triesLeft > 0)
            {
                // The program clears up in there on a thread of its own, which the factory does not wait for.
                await Task.Delay(50);
            }
        }
    }

    private static bool IsFree(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<string> NameAsync(UserRole role)
    {
        await _gate.WaitAsync();
        try
        {
            if (_names.TryGetValue(role, out var known))
            {
                return known;
            }

            await using var scope = Services.CreateAsyncScope();
            var admin = await scope.ServiceProvider.GetRequiredService<SignInService>().SignInAsync(AdminName, Password, null, "test", CancellationToken.None);
            scope.ServiceProvider.GetRequiredService<Access>().Use(admin.Value!);
            var name = role.ToString().ToLowerInvariant();
            var added = await scope.ServiceProvider.GetRequiredService<UserService>().AddAsync(new(name, Password, role));
            Assert.Null(added.Problem);
            return _names[role] = name;
        }
        finally
        {
            _gate.Release();
        }
    }
}
