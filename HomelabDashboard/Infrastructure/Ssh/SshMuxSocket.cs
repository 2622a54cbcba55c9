using System.Buffers.Binary;
using System.Net.Sockets;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// A connection to the control socket of OpenSSH's as a proxy (PROTOCOL.mux, section 10): packets of the channel messages of RFC 4254,
/// in the clear. One reader at a time; a read that was cancelled can be taken up again.
/// </summary>
internal sealed class SshMuxSocket : IDisposable
{
    public const int LargestData = 32 * 1024;
    private const int LargestPacket = LargestData + 1024;

    private const uint Hello = 0x00000001;
    private const uint Version = 4;
    private const uint Proxy = 0x1000000f;
    private const uint ProxyReply = 0x8000000f;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private byte[] _packet = new byte[1024];
    private int _filled;

    /// <summary>It has carried what is no packet: no channel can use it any more.</summary>
    public bool IsBroken { get; private set; }

    private SshMuxSocket()
    {
    }

    /// <exception cref="IOException">The connection is gone, or this OpenSSH is too old.</exception>
    public static async Task<SshMuxSocket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var mux = new SshMuxSocket();
        try
        {
            await mux._socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            await mux.SendAsync(new SshPacketWriter().Number(Hello).Number(Version), cancellationToken);
            await mux.SendAsync(new SshPacketWriter().Number(Proxy).Number(1), cancellationToken);
            Expect(await mux.ReceiveAsync(cancellationToken), Hello);
            Expect(await mux.ReceiveAsync(cancellationToken), ProxyReply);
            return mux;
        }
        catch (Exception failure)
        {
            mux.Dispose();
            if (failure is SocketException)
            {
                throw new IOException("The connection to the host is gone.", failure);
            }

            throw;
        }
    }

    /// <summary>A packet is sent whole or not at all: one that is no longer waited for is sent all the same.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public Task SendAsync(SshPacketWriter packet, CancellationToken cancellationToken) =>
        SendAsync(packet.ToMemory()).WaitAsync(cancellationToken);

    /// <summary>The next packet without its length, valid until the next call; empty at the end of the connection.</summary>
    /// <exception cref="IOException">A packet of an impossible size.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        const int header = 4;
        if (!await FillAsync(header, cancellationToken))
        {
            return default;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_packet);
        if (length is < 2 or > LargestPacket)
        {
            IsBroken = true;
            throw new IOException("The shared connection carried a packet of an impossible size.");
        }

        if (_packet.Length < header + length)
        {
            Array.Resize(ref _packet, header + LargestPacket);
        }

        if (!await FillAsync(header + (int)length, cancellationToken))
        {
            return default;
        }

        _filled = 0;
        return _packet.AsMemory(header, (int)length);
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(ReadOnlyMemory<byte> left)
    {
        await _sending.WaitAsync();
        try
        {
            while (left.Length > 0)
            {
                left = left[await _socket.SendAsync(left, SocketFlags.None)..];
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            throw new IOException("The connection to the host is gone.", gone);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        try
        {
            while (_filled < count)
            {
                var read = await _socket.ReceiveAsync(_packet.AsMemory(_filled, count - _filled), SocketFlags.None, cancellationToken);
                if (read == 0)
                {
                    return false;
                }

                _filled += read;
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Expect(ReadOnlyMemory<byte> packet, uint type)
    {
        if (packet.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(packet.Span) != type)
        {
            throw new IOException("This OpenSSH does not share its connection as expected; version 7.4 or later is needed.");
        }
    }
}
