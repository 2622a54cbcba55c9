using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// As many engines as hosts, each at a socket of its own, which answer what the dashboard asks of Docker 20.10: only for figures that no
/// machine could run real containers for. A program named <c>docker</c> in <see cref="Folder"/> leads each host's address to its socket.
/// </summary>
internal sealed class SimulatedEngines : IAsyncDisposable
{
    private const int LinesAtOnce = 500;

    private readonly List<Engine> _engines;
    private readonly List<WebApplication> _apps = [];

    private SimulatedEngines(string folder, List<Engine> engines) => (Folder, _engines) = (folder, engines);

    public string Folder { get; }

    /// <summary>Lines a second that every log gives.</summary>
    public int LogRate { get; set; } = 1_000;

    /// <param name="addresses">Of the hosts.</param>
    /// <param name="containers">On each.</param>
    public static async Task<SimulatedEngines> StartAsync(IReadOnlyList<string> addresses, int containers)
    {
        var folder = Directory.CreateTempSubdirectory("homelab-bench-docker-").FullName;
        var engines = new SimulatedEngines(folder, [.. addresses.Select((_, host) => new Engine(host, containers))]);
        var client = new[] { "/usr/local/bin/docker", "/usr/bin/docker" }.First(File.Exists);
        var program = Path.Combine(folder, "docker");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nset -- \"$@\" $SSH_CONNECTION\nunset DOCKER_HOST\nexec {client} -H \"unix://{folder}/$5.sock\" system dial-stdio\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        for (var i = 0; i < addresses.Count; i++)
        {
            engines._apps.Add(await engines.ServeAsync(engines._engines[i], Path.Combine(folder, addresses[i] + ".sock")));
        }

        return engines;
    }

    /// <summary>Has a container start or end, as its engine tells it.</summary>
    public void Turn(int host, int container, bool running)
    {
        var engine = _engines[host];
        var id = Engine.IdOf(host, container);
        engine.Running[container] = running;
        engine.Tell(JsonSerializer.Serialize(new
        {
            Type = "container",
            Action = running ? "start" : "die",
            Actor = new { ID = id, Attributes = new Dictionary<string, string> { ["name"] = Engine.NameOf(host, container), ["exitCode"] = "0" } },
            timeNano = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000,
        }));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private async Task<WebApplication> ServeAsync(Engine engine, string socket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(socket));
        var app = builder.Build();
        app.MapGet("/version", () => Results.Text("""{"Version":"20.10.24","ApiVersion":"1.41","Components":[{"Name":"Engine"}]}""", MediaTypeNames.Application.Json));
        var api = app.MapGroup("/v1.41");
        api.MapGet("/containers/json", (string? filters) => Results.Text(engine.List(filters), MediaTypeNames.Application.Json));
        api.MapGet("/containers/{id}/json", (string id) => Results.Text(engine.Inspect(id), MediaTypeNames.Application.Json));
        api.MapGet("/containers/{id}/stats", (string id) => Results.Text(engine.Stats(id), MediaTypeNames.Application.Json));
        api.MapGet("/images/json", () => Results.Text("[]", MediaTypeNames.Application.Json));
        api.MapGet("/volumes", () => Results.Text("""{"Volumes":[]}""", MediaTypeNames.Application.Json));
        api.MapGet("/events", engine.FollowAsync);
        api.MapGet("/containers/{id}/logs", LogAsync);
        await app.StartAsync();
        return app;
    }

    /// <summary>Lines of 80 characters in frames of the engine's own: eight bytes of header with the length at their end.</summary>
    private async Task LogAsync(HttpContext context, string id)
    {
        var cancellationToken = context.RequestAborted;
        var number = 0L;
        var due = TimeProvider.System.GetTimestamp();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                using var batch = new MemoryStream();
                for (var i = 0; i < LinesAtOnce; i++)
                {
                    var line = Encoding.ASCII.GetBytes(string.Create(
                        CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffffff}00Z line {number++} of {id[..12]} says what a service says all day long, and more of it\n"));
                    batch.Write([1, 0, 0, 0, (byte)(line.Length >> 24), (byte)(line.Length >> 16), (byte)(line.Length >> 8), (byte)line.Length]);
                    batch.Write(line);
                }

                await context.Response.Body.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), cancellationToken);
                due += TimeProvider.System.TimestampFrequency * LinesAtOnce / LogRate;
                var early = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, cancellationToken);
                }
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
        }
    }

    private sealed class Engine(int host, int containers)
    {
        private readonly ConcurrentDictionary<Channel<string>, bool> _listeners = new();

        public bool[] Running { get; } = [.. Enumerable.Repeat(true, containers)];

        public static string IdOf(int host, int container) => string.Create(CultureInfo.InvariantCulture, $"{host:x8}{container:x8}{new string('a', 48)}");

        public static string NameOf(int host, int container) => string.Create(CultureInfo.InvariantCulture, $"service-{host:00}-{container:000}");

        public void Tell(string happened)
        {
            foreach (var listener in _listeners.Keys)
            {
                listener.Writer.TryWrite(happened);
            }
        }

        public async Task FollowAsync(HttpContext context)
        {
            var listener = Channel.CreateUnbounded<string>();
            _listeners[listener] = true;
            try
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await foreach (var happened in listener.Reader.ReadAllAsync(context.RequestAborted))
                {
                    await context.Response.WriteAsync(happened + "\n", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
            }
            finally
            {
                _listeners.TryRemove(listener, out _);
            }
        }

        public string List(string? filters)
        {
            var wanted = filters is null ? null : JsonSerializer.Deserialize<Dictionary<string, string[]>>(filters)!.GetValueOrDefault("id")?.ToHashSet();
            return JsonSerializer.Serialize(Enumerable.Range(0, containers).Where(i => wanted is null || wanted.Contains(IdOf(host, i))).Select(i => new
            {
                Id = IdOf(host, i),
                Names = new[] { "/" + NameOf(host, i) },
                Image = "registry.example/service:1." + (i % 20).ToString(CultureInfo.InvariantCulture),
                ImageID = "sha256:" + new string('b', 64),
                Created = 1_760_000_000L,
                State = Running[i] ? "running" : "exited",
                Status = Running[i] ? "Up 3 days" : "Exited (0) 1 second ago",
                Ports = new[] { new { IP = "0.0.0.0", PrivatePort = 80, PublicPort = 8000 + i, Type = "tcp" } },
                Labels = new Dictionary<string, string> { ["com.docker.compose.project"] = "project-" + (i / 5).ToString(CultureInfo.InvariantCulture), ["com.docker.compose.service"] = "s" },
            }));
        }

        public string Inspect(string id) => JsonSerializer.Serialize(new
        {
            Id = id,
            State = new { Status = Running[IndexOf(id)] ? "running" : "exited", OOMKilled = false, ExitCode = 0, StartedAt = "2026-11-01T00:00:00Z", FinishedAt = "0001-01-01T00:00:00Z" },
            Config = new { Tty = false },
            RestartCount = 0,
        });

        public string Stats(string id)
        {
            var now = TimeProvider.System.GetUtcNow();
            var used = (now.ToUnixTimeMilliseconds() % 1_000_000_000) * 10_000 * (1 + (IndexOf(id) % 7));
            return JsonSerializer.Serialize(new
            {
                read = now,
                cpu_stats = new { cpu_usage = new { total_usage = used }, online_cpus = 4 },
                memory_stats = new { usage = 100_000_000L + (used % 1_000_000), limit = 8_000_000_000L },
                networks = new { eth0 = new { rx_bytes = used / 10, tx_bytes = used / 20 } },
                pids_stats = new { current = 12 },
            });
        }

        private static int IndexOf(string id) => int.Parse(id.AsSpan(8, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
