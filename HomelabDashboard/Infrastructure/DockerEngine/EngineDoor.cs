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

    /// <summary>How the engine's own client is called on its host, such as <c>sudo -n docker</c>; null for an engine that is not on a host.</summary>
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
        var client = finding switch
        {
            { Found: EngineFound.Way, Program: "docker", AsRoot: false } => "docker",
            { Found: EngineFound.Way, Program: "docker" } => "sudo -n docker",
            { Found: EngineFound.Way, Program: "podman", AsRoot: false } => "podman",
            { Found: EngineFound.Way, Program: "podman" } => "sudo -n podman",
            _ => throw new ArgumentException("There is no way to an engine.", nameof(finding)),
        };
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

    internal ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => _open(cancellationToken);
}
