using System.Collections.Concurrent;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// The sockets to one connection, each used by one channel after another and closed only with the connection: ssh ends it, with every
/// terminal on it, when a socket goes whose channel is being opened or was refused ("no remote_id"), or that it still has output for
/// (a channel outlives its client then, and the next packet for it is a segmentation fault; seen with 9.2).
/// There are as many as channels were ever open at once.
/// </summary>
internal sealed class SshMuxSockets(string path) : IDisposable
{
    private readonly ConcurrentBag<SshMuxSocket> _free = [];
    private readonly ConcurrentBag<SshMuxSocket> _broken = [];
    private volatile bool _disposed;

    public async Task<SshMuxSocket> TakeAsync() => _free.TryTake(out var socket) ? socket : await SshMuxSocket.ConnectAsync(path, CancellationToken.None);

    /// <summary>Gives one back that no channel uses any more: both sides have closed it, or it was refused.</summary>
    public void Return(SshMuxSocket socket)
    {
        (socket.IsBroken ? _broken : _free).Add(socket);
        if (_disposed)
        {
            Dispose();
        }
    }

    /// <summary>Only once the connection has ended.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var sockets in new[] { _free, _broken })
        {
            while (sockets.TryTake(out var socket))
            {
                socket.Dispose();
            }
        }
    }
}
