using System.Net.Sockets;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace HomelabDashboard.Tests.Infrastructure.DockerEngine;

/// <summary>An engine that takes very long, on a clock that runs a million times too fast.</summary>
public sealed class SlowEngineTests : IDisposable
{
    private static readonly string Id = new('a', 64);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("homelab-slow-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly HastyClock _clock = new();
    private readonly EngineClient _client;

    public SlowEngineTests()
    {
        var path = Path.Combine(_folder.FullName, "engine.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _client = new EngineClient(EngineDoor.ToSocket(path), _clock);
    }

    [Fact]
    public async Task What_takes_a_day_is_waited_for()
    {
        var stopping = _client.ActAsync(Id, ContainerVerb.Stop, CancellationToken.None);
        using var engine = await _listener.AcceptAsync();
        await engine.ReceiveAsync(new byte[4096]);
        await Task.Delay(TimeSpan.FromDays(1), _clock);
        Assert.False(stopping.IsCompleted);
        await engine.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_is_asked_waits_for_no_figures()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await ScriptedEngine.StartAsync(async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/stats", StringComparison.Ordinal))
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return;
            }

            await context.Response.WriteAsync("""{"State": {"Status": "running"}}""");
        });
        using var stop = new CancellationTokenSource();
        var figures = engine.Client.StatsAsync(Id, stop.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("running", (await engine.Client.InspectAsync(Id, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10))).State?.Status);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => figures);
    }

    [Fact]
    public async Task A_client_that_is_closed_meanwhile_has_lost_the_engine()
    {
        var stopping = _client.ActAsync(Id, ContainerVerb.Stop, CancellationToken.None);
        using var engine = await _listener.AcceptAsync();
        await engine.ReceiveAsync(new byte[4096]);
        _client.Dispose();
        await Assert.ThrowsAsync<IOException>(() => stopping.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task What_never_reached_the_engine_is_told_from_what_was_cut()
    {
        using var nowhere = new EngineClient(EngineDoor.ToSocket(Path.Combine(_folder.FullName, "none.sock")), _clock);
        await Assert.ThrowsAsync<EngineUnreachedException>(() => nowhere.ActAsync(Id, ContainerVerb.Stop, CancellationToken.None));
        var stopping = _client.ActAsync(Id, ContainerVerb.Stop, CancellationToken.None);
        using (var engine = await _listener.AcceptAsync())
        {
            await engine.ReceiveAsync(new byte[4096]);
        }

        Assert.IsNotType<EngineUnreachedException>(await Assert.ThrowsAnyAsync<IOException>(() => stopping.WaitAsync(TimeSpan.FromSeconds(10))));
    }

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }

    private sealed class HastyClock : TimeProvider
    {
        private const long Times = 1_000_000;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / Times : dueTime, period > TimeSpan.Zero ? period / Times : period);
    }
}
