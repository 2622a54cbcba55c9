using System.Collections.Concurrent;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// The sockets to one connection. One that is closed while its channel is being opened, or after the host refused one, ends the whole
/// connection: ssh then has a channel that it cannot close ("no remote_id"). Such a one is used for the next channel instead, so that
/// a host that refuses for a year costs as many sockets as were ever opened at once.
/// </summary>
internal sealed class SshMuxSockets(string path) : IDisposable
{
    private readonly ConcurrentBag<SshMuxSocket> _free = [];
    private readonly ConcurrentBag<SshMuxSocket> _torn = [];
    private volatile bool _disposed;

    public async Task<SshMuxSocket> TakeAsync(CancellationToken cancellationToken) =>
        _free.TryTake(out var socket) ? socket : await SshMuxSocket.ConnectAsync(path, cancellationToken);

    /// <param name="isClosed">Both sides have closed the channel, so that another can follow.</param>
    public void Return(SshMuxSocket socket, bool isClosed)
    {
        if (!socket.HoldsRefused || _disposed)
        {
            socket.Dispose();
            return;
        }

        (isClosed && !socket.IsTorn ? _free : _torn).Add(socket);
        if (_disposed)
        {
            Dispose();
        }
    }

    /// <summary>Only once the connection has ended.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var sockets in new[] { _free, _torn })
        {
            while (sockets.TryTake(out var socket))
            {
                socket.Dispose();
            }
        }
    }
}
