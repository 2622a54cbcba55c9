using System.Net.Sockets;
using HomelabDashboard.Infrastructure.Processes;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// The shared connection to one host: OpenSSH's ControlMaster without a session of its own, so that nothing that runs over it
/// can end it. Everything else is a channel in it.
/// </summary>
public sealed class SshConnection : IAsyncDisposable
{
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(40);

    private readonly SshProcess _process;
    private readonly string _socket;
    private readonly SshMuxSockets _sockets;

    private SshConnection(SshProcess process, string socket)
    {
        _process = process;
        _socket = socket;
        _sockets = new(socket);
        Closed = ClosedAsync();
    }

    /// <summary>The process of ssh's that holds the connection.</summary>
    public int Pid => _process.Pid;

    /// <summary>Ends when the connection does, with the reason; never fails.</summary>
    public Task<SshFailure> Closed { get; }

    /// <summary>Logs in to a host of the config's.</summary>
    public static Task<(SshConnection? Connection, SshFailure? Failure)> OpenAsync(
        SshFolder folder, SshHostEntry host, ProcessLedger ledger, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(folder.Config, folder.ControlSocket(host.Alias), host, answer: null, ledger, time, cancellationToken);

    /// <param name="socket">Where that config has the host's control socket.</param>
    /// <param name="answer">What ssh is told when it asks for a password.</param>
    internal static async Task<(SshConnection? Connection, SshFailure? Failure)> OpenAsync(
        string config, string socket, SshHostEntry host, SshAnswer? answer, ProcessLedger ledger, TimeProvider time, CancellationToken cancellationToken)
    {
        File.Delete(socket);
        var process = SshProcess.Start(ledger, host.JumpAlias is not null, answer, "ssh", "-F", config, "-N", "-T", "-o", "ControlMaster=yes", host.Alias);
        try
        {
            var begun = time.GetTimestamp();
            while (!process.Ended.IsCompleted)
            {
                if (await AnswersAsync(socket, cancellationToken))
                {
                    return (new SshConnection(process, socket), null);
                }

                if (time.GetElapsedTime(begun) > LongestOpening)
                {
                    await process.DisposeAsync();
                    return (null, new SshFailure(SshFailureKind.TimedOut, "The login did not end."));
                }

                await Task.WhenAny(process.Ended, Task.Delay(LookEvery, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }

            var end = await process.Ended;
            await process.DisposeAsync();
            return (null, SshFailure.FromErrors(end.Errors));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command on the host, in a channel of its own.</summary>
    /// <param name="command">A constant of the program's, read by the login shell there.</param>
    /// <exception cref="IOException">The connection is gone, or the host opens no more channels.</exception>
    public Task<SshChannel> RunAsync(string command, CancellationToken cancellationToken) => SshChannel.OpenAsync(_sockets, command, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_socket);
        _sockets.Dispose();
    }

    private static async Task<bool> AnswersAsync(string socket, CancellationToken cancellationToken)
    {
        if (!File.Exists(socket))
        {
            return false;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<SshFailure> ClosedAsync()
    {
        var end = await _process.Ended;
        return SshFailure.FromErrors(end.Errors) with { Kind = SshFailureKind.Lost };
    }
}
