using System.Net.Http.Json;
using System.Text.Json;
using Bunit;
using HomelabDashboard.Components.Pages.Docker;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Docker.Stacks;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace HomelabDashboard.Tests.Components.Pages.Docker;

/// <summary>Pages of what engines hold, over the real services and an engine that answers as the test says.</summary>
public sealed class DockerComponentTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly string EngineId = new('a', 64);

    private readonly TestApp _app = TestApp.Start();
    private AsyncServiceScope _scope;
    private string _hostId = "";

    private DockerBoard Board => _app.Services.GetRequiredService<DockerBoard>();

    public async Task InitializeAsync()
    {
        using var http = await _app.ProgramAsync(UserRole.Admin);
        using var added = await http.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = "127.0.0.1", ssh_port = 1, ssh_user = "ada", docker_enabled = true });
        _hostId = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        _scope = _app.Services.CreateAsyncScope();
        var access = _scope.ServiceProvider.GetRequiredService<Access>();
        access.Use((await _scope.ServiceProvider.GetRequiredService<SignInService>().SignInAsync(TestApp.AdminName, TestApp.Password, null, "test", CancellationToken.None)).Value!);
        var admin = await access.RequireAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        foreach (var service in new[] { typeof(DockerService), typeof(StackDesk), typeof(HostService), typeof(OperationService), typeof(FavoriteService), typeof(ServiceIcons) })
        {
            Services.AddSingleton(service, _scope.ServiceProvider.GetRequiredService(service));
        }

        Services.AddSingleton(TimeProvider.System);
        Services.AddScoped<UserTime>();
        Services.AddRadzenComponents();
        RenderTree.Add<CascadingValue<Caller>>(p => p.Add(c => c.Value, admin));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Images_and_volumes_of_a_lost_host_say_when_they_were_so()
    {
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync())
        {
            db.Add(new DockerImage { HostId = _hostId, ImageId = EngineId, RepoTags = """["busybox:1.0"]""" });
            db.Add(new DockerVolume { HostId = _hostId, Name = "store" });
            await db.SaveChangesAsync();
        }

        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        State(live: true, now);
        var images = Render<ImagesPage>();
        var volumes = Render<VolumesPage>();
        foreach (var page in new IRenderedComponent<IComponent>[] { images, volumes })
        {
            page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr td.name")), Deadline);
            Assert.DoesNotContain("was so", page.Markup, StringComparison.Ordinal);
            Assert.Empty(page.FindAll("tr.stale"));
        }

        State(live: false, now.AddMinutes(-4));
        foreach (var page in new IRenderedComponent<IComponent>[] { images, volumes })
        {
            page.WaitForAssertion(() => Assert.Contains("was so 4 min ago", page.Find("tr.stale").TextContent, StringComparison.Ordinal), Deadline);
        }
    }

    [Fact]
    public void A_row_says_how_old_its_image_is()
    {
        var row = Render<ContainerRow>(p => p.Add(r => r.Container, Container("running")).Add(r => r.Badge, new ContainerBadge(null, "#55616f", "#ffffff", "W"))
            .Add(r => r.ImageBuilt, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-95)));
        Assert.Equal("busybox:1.0 · 3 months old", row.Find("td .image").ParentElement!.TextContent);
    }

    [Fact]
    public async Task What_the_engine_did_not_tell_is_asked_for_again_once_it_is_back()
    {
        var fails = true;
        await using var engine = await ScriptedEngine.StartAsync(context =>
        {
            context.Response.StatusCode = fails ? 500 : 200;
            return context.Response.WriteAsync(fails ? "{}" : """{"Config":{"User":"ada"}}""");
        });
        var container = Container("running");
        Board.Containers.Set(container.Id, container);
        Board.Connect(_hostId, engine.Client);
        RenderFragment<ContainerDetails> shown = details => builder => builder.AddContent(0, "user " + details.User);
        var loader = Render<ContainerDetailsLoader>(p => p.Add(l => l.Container, container).Add(l => l.Reachable, true).Add(l => l.ChildContent, shown));
        loader.WaitForAssertion(() => Assert.Contains("The engine did not tell", loader.Markup, StringComparison.Ordinal), Deadline);
        fails = false;
        loader.Render(p => p.Add(l => l.Reachable, false));
        loader.Render(p => p.Add(l => l.Reachable, true));
        loader.WaitForAssertion(() => Assert.Contains("user ada", loader.Markup, StringComparison.Ordinal), Deadline);
    }

    [Fact]
    public async Task A_log_goes_on_after_a_restart_that_was_known_before_the_old_log_s_end()
    {
        var asked = 0;
        var end = new TaskCompletionSource();
        await using var engine = await ScriptedEngine.StartAsync(async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/logs", StringComparison.Ordinal))
            {
                await context.Response.WriteAsync("""{"Config":{"Tty":true}}""");
                return;
            }

            var time = Interlocked.Increment(ref asked);
            await context.Response.WriteAsync($"2026-03-01T12:00:00Z run {time}\n");
            await context.Response.Body.FlushAsync();
            await (time == 1 ? end.Task : Task.Delay(Timeout.Infinite, context.RequestAborted));
        });
        var container = Container("running") with { StartedAt = DateTime.UnixEpoch };
        Board.Containers.Set(container.Id, container);
        Board.Connect(_hostId, engine.Client);
        JSInterop.SetupModule().SetupModule("create", _ => true).Mode = JSRuntimeMode.Loose;
        var log = Render<ContainerLogs>(p => p.Add(l => l.Container, container).Add(l => l.Reachable, true));
        await Until.TrueAsync(() => Volatile.Read(ref asked) == 1, "the log is followed");
        log.Render(p => p.Add(l => l.Container, container with { StartedAt = DateTime.UnixEpoch.AddSeconds(1) }));
        end.SetResult();
        await Until.TrueAsync(() => Volatile.Read(ref asked) == 2, "the log of the new run is followed");
    }

    [Fact]
    public async Task A_log_that_is_cut_to_its_last_lines_says_so()
    {
        await using var engine = await ScriptedEngine.StartAsync(async context =>
        {
            await context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("/logs", StringComparison.Ordinal)
                ? string.Concat(Enumerable.Repeat("2026-03-01T12:00:00Z line\n", int.Parse(context.Request.Query["tail"]!, System.Globalization.CultureInfo.InvariantCulture)))
                : """{"Config":{"Tty":true}}""");
        });
        var container = Container("exited");
        Board.Containers.Set(container.Id, container);
        Board.Connect(_hostId, engine.Client);
        JSInterop.SetupModule().SetupModule("create", _ => true).Mode = JSRuntimeMode.Loose;
        var log = Render<ContainerLogs>(p => p.Add(l => l.Container, container).Add(l => l.Reachable, true));
        Assert.Empty(log.FindAll(".log-note"));
        await log.Find("select").ChangeAsync(new ChangeEventArgs { Value = "24h" });
        log.WaitForAssertion(() => Assert.Contains("the last 10,000 lines are shown", log.Find(".log-note").TextContent, StringComparison.Ordinal), Deadline);
        await log.Find("select").ChangeAsync(new ChangeEventArgs { Value = "tail" });
        Assert.Empty(log.FindAll(".log-note"));
    }

    private void State(bool live, DateTime lastTrueAt) =>
        Board.Hosts.Set(_hostId, new(_hostId, live ? DockerStatus.Running : DockerStatus.Unknown, live ? null : "The engine does not answer.", "Docker", "27.0", live, lastTrueAt));

    private ContainerSummary Container(string state) =>
        new(1, _hostId, EngineId, "web", "busybox:1.0", state, null, null, null, [], new Dictionary<string, string>(), null, default);
}
