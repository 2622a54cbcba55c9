using System.Text.Json;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Tests.Features.Docker;

public sealed class DockerLinkTests
{
    private static readonly string Odd = new('a', 64);
    private static readonly string Plain = new('b', 64);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_container_that_the_engine_cannot_tell_of_harms_no_other_and_is_asked_for_again(bool hangs)
    {
        var isOdd = true;
        var clock = new EndingClock();
        await using var engine = await ScriptedEngine.StartAsync(
            async context =>
            {
                var refuses = context.Request.Path == $"/containers/{Odd}/json" && isOdd;
                if (refuses && hangs)
                {
                    clock.End();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    return;
                }

                context.Response.StatusCode = refuses || (isOdd && context.Request.Path.Value is "/images/json" or "/volumes") ? 500 : 200;
                await context.Response.WriteAsJsonAsync<object>(context.Request.Path.Value switch
                {
                    "/containers/json" => new[] { Container(Odd, "odd"), Container(Plain, "plain") },
                    "/images/json" => Array.Empty<object>(),
                    "/volumes" => new { Volumes = Array.Empty<object>() },
                    _ when refuses => new { message = "layer does not exist" },
                    _ => new { State = new { Status = "running", StartedAt = "2026-03-01T12:00:00Z" } },
                }, JsonSerializerOptions.Default);
            },
            clock);
        await using var app = TestApp.Start();
        using var http = await app.ProgramAsync(HomelabDashboard.Features.Accounts.UserRole.Admin);
        using var added = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(http, "/api/v1/hosts", new { name = "nas", ip_address = "127.0.0.1", ssh_port = 1, ssh_user = "ada" });
        var hostId = JsonDocument.Parse(await added.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!;
        var board = app.Services.GetRequiredService<DockerBoard>();
        var link = new DockerLink(engine.Client, hostId, board, app.Services.GetRequiredService<DockerTables>(), app.Services.GetRequiredService<DockerAlerts>(), TimeProvider.System);
        await link.LookAtAllAsync(CancellationToken.None);
        Assert.Equal([("odd", false), ("plain", true)], Seen());
        isOdd = false;
        await link.LookAtAllAsync(CancellationToken.None);
        Assert.Equal([("odd", true), ("plain", true)], Seen());

        IEnumerable<(string, bool)> Seen() => board.Containers.Snapshot().Values.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c is { State: "running", StartedAt: not null }));

        static object Container(string id, string name) => new { Id = id, Names = new[] { "/" + name }, State = "running", Status = "Up 2 hours" };
    }

    [Theory]
    [InlineData("db", "/web/db", "/db")]
    [InlineData("db", "/db", "/web/db")]
    [InlineData("web/db", "/web/db")]
    [InlineData("aaaaaaaaaaaa", "/")]
    public void A_container_has_its_own_name(string name, params string[] names) =>
        Assert.Equal(name, DockerTables.NameOf(new() { Id = Odd, Names = names }));

    [Fact]
    public async Task A_container_whose_figures_never_come_keeps_no_other_from_its_own_and_is_left_alone_for_a_while()
    {
        var asked = 0;
        var clock = new EndingClock();
        await using var engine = await ScriptedEngine.StartAsync(
            async context =>
            {
                if (context.Request.Path == $"/containers/{Odd}/stats")
                {
                    Interlocked.Increment(ref asked);
                    clock.End();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    return;
                }

                await context.Response.WriteAsync("{}");
            },
            clock);
        var board = new DockerBoard(TimeProvider.System, new(TimeProvider.System));
        foreach (var (id, containerId) in new[] { (1, Odd), (2, Plain) })
        {
            board.Containers.Set(id, new(id, "nas", containerId, "c" + id, null, "running", null, null, null, [], new Dictionary<string, string>(), null, default));
        }

        using var stop = new CancellationTokenSource();
        var sampling = new ContainerStats(board, Options.Create(new DockerOptions { StatsIntervalSeconds = 0.5 }), TimeProvider.System).SampleAsync(engine.Client, "nas", stop.Token);
        await Until.TrueAsync(() => board.Readings.Get(2) is { Recent.Count: >= 3 }, "the other has its figures");
        Assert.Equal(1, Volatile.Read(ref asked));
        await stop.CancelAsync();
        await sampling;
    }
}
