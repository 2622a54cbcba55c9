using HomelabDashboard.Infrastructure.DockerEngine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HomelabDashboard.Tests.Support;

/// <summary>An engine that answers as the test says, for what a real one does only by chance.</summary>
internal sealed class ScriptedEngine : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-scripted-").FullName;
    private readonly WebApplication _app;

    private ScriptedEngine(RequestDelegate answer, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var socket = Path.Combine(_folder, "engine.sock");
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(socket));
        _app = builder.Build();
        _app.Run(answer);
        Client = new EngineClient(EngineDoor.ToSocket(socket), time);
    }

    public EngineClient Client { get; }

    /// <param name="answer">To every request.</param>
    /// <param name="time">The client's clock; null: that of the system.</param>
    public static async Task<ScriptedEngine> StartAsync(RequestDelegate answer, TimeProvider? time = null)
    {
        var engine = new ScriptedEngine(answer, time ?? TimeProvider.System);
        await engine._app.StartAsync();
        return engine;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
