using System.Net.Sockets;
using System.Text;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>Opens connections to one engine.</summary>
public sealed class EngineDoor
{
    private const int LongestAnswer = 4096;

    private readonly Func<CancellationToken, ValueTask<Stream>> _open;

    private EngineDoor(Func<CancellationToken, ValueTask<Stream>> open, string? client = null) => (_open, Client) = (open, client);

    /// <summary>
    /// How the engine's own client is called on its host, from any login shell: words before, and <c>docker</c> or <c>podman</c> as the
    /// last one. Null for an engine that is not on a host.
    /// </summary>
    public string? Client { get; }

    /// <summary>An engine on the machine that the dashboard runs on.</summary>
    public static EngineDoor ToSocket(string path) => new(async cancellationToken =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException("Nothing answers at the engine's socket.", refused);
        }
    });

    /// <summary>
    /// An engine on a host, over its shared connection: the engine's own client there (<c>system dial-stdio</c>) stands between the
    /// channel and the socket. It knows where that is, and it can be root's.
    /// </summary>
    /// <param name="finding">One with a way.</param>
    /// <param name="run">Runs a command there.</param>
    public static EngineDoor Over(EngineFinding finding, Func<string, CancellationToken, Task<SshChannel>> run)
    {
        var client = finding is { Found: EngineFound.Way, Program: "docker" or "podman" }
            ? $"""/bin/sh -c '{EngineFinding.SearchPath}; {SocketOf(finding)}; exec {(finding.AsRoot ? "sudo -n " : "")}env DOCKER_HOST="$socket" CONTAINER_HOST="$socket" "$0" "$@"' {finding.Program}"""
            : throw new ArgumentException("There is no way to an engine.", nameof(finding));
        return new(async cancellationToken => new SshChannelStream(await run($"exec {client} system dial-stdio", cancellationToken)), client);
    }

    /// <summary>Asks a host what there is, by a script in one short-lived channel.</summary>
    /// <exception cref="IOException">The connection is gone, or the host answered something else.</exception>
    public static async Task<EngineFinding> FindAsync(Func<string, CancellationToken, Task<SshChannel>> run, CancellationToken cancellationToken)
    {
        await using var channel = await run("exec sh", cancellationToken);
        await channel.WriteAsync(Encoding.ASCII.GetBytes(EngineFinding.Script), cancellationToken);
        var answer = new byte[LongestAnswer];
        var length = 0;
        for (int count; length < answer.Length && (count = await channel.ReadAsync(answer.AsMemory(length), cancellationToken)) > 0;)
        {
            length += count;
        }

        return EngineFinding.Parse(Encoding.UTF8.GetString(answer.AsSpan(0, length))) ?? throw new IOException("The host did not say whether it has a container engine.");
    }

    /// <summary>The socket that was found, and not what else the client would choose.</summary>
    private static string SocketOf(EngineFinding finding) => finding switch
    {
        { Owner: EngineOwner.Told } => "socket=$DOCKER_HOST",
        { Owner: EngineOwner.System, Program: "docker" } => "socket=unix://" + EngineFinding.DockerSocket,
        { Owner: EngineOwner.System } => "socket=unix://" + EngineFinding.PodmanSocket,
        { Program: "docker" } => EngineFinding.RunFolder + "; socket=unix://$run/docker.sock",
        _ => EngineFinding.RunFolder + "; socket=unix://$run/podman/podman.sock",
    };

    internal ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => _open(cancellationToken);
}
