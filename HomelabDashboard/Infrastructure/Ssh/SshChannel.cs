using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// A command that runs on a host, over its shared connection and without a process of our own: OpenSSH's multiplexing proxy
/// (PROTOCOL.mux, section 10), in which the channel messages of RFC 4254 go over the control socket in the clear.
/// One reader and one writer at a time; a call that was cancelled leaves the channel unusable but for its end.
/// </summary>
public sealed class SshChannel : IAsyncDisposable
{
    private const int Window = 256 * 1024;
    private const int LargestPacket = 32 * 1024;
    private const int LongestErrors = 4096;

    private const uint MuxHello = 0x00000001;
    private const uint MuxVersion = 4;
    private const uint MuxProxy = 0x1000000f;
    private const uint MuxProxyReply = 0x8000000f;

    private readonly Socket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _windowGrew = new(0, 1);
    private readonly StringBuilder _errors = new();
    private readonly byte[] _header = new byte[4];
    private byte[] _packet = new byte[1024];
    private ReadOnlyMemory<byte> _data;
    private uint _remoteId;
    private uint _largestWrite;
    private long _remoteWindow;
    private int _consumed;
    private bool _opening;
    private bool _ended;

    private SshChannel(Socket socket) => _socket = socket;

    /// <summary>Of RFC 4254 and RFC 4250.</summary>
    private enum Message : byte
    {
        ChannelOpen = 90,
        ChannelOpenConfirmation = 91,
        ChannelOpenFailure = 92,
        WindowAdjust = 93,
        Data = 94,
        ExtendedData = 95,
        EndOfFile = 96,
        Close = 97,
        Request = 98,
        Success = 99,
        Failure = 100,
    }

    /// <summary>What the command wrote on standard error, the first 4 KB of it.</summary>
    public string Errors => _errors.ToString();

    /// <summary>Null before the end, and where a signal ended it.</summary>
    public int? ExitStatus { get; private set; }

    /// <summary>
    /// A control socket that is closed while its channel is being opened, or after the host refused one, ends the whole connection:
    /// ssh then has a channel that it cannot close ("no remote_id"). So nobody's cancellation stops the opening, and a refused one's
    /// socket goes to <paramref name="refused"/>, to be closed after the connection.
    /// </summary>
    internal static async Task<SshChannel> OpenAsync(string controlSocket, string command, ConcurrentBag<IDisposable> refused, CancellationToken cancellationToken)
    {
        var opening = OpenAsync(controlSocket, command, refused);
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = DisposeLaterAsync(opening);
            throw;
        }
    }

    private static async Task DisposeLaterAsync(Task<SshChannel> opening)
    {
        try
        {
            await (await opening).DisposeAsync();
        }
        catch (IOException)
        {
            // It was refused.
        }
    }

    private static async Task<SshChannel> OpenAsync(string controlSocket, string command, ConcurrentBag<IDisposable> refused)
    {
        var channel = new SshChannel(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        try
        {
            await channel.GreetAsync(controlSocket, CancellationToken.None);
            await channel.ExecuteAsync(command, CancellationToken.None);
            return channel;
        }
        catch (Exception failure)
        {
            if (channel._opening)
            {
                refused.Add(channel._socket);
            }
            else
            {
                channel._socket.Dispose();
            }

            if (failure is SocketException)
            {
                throw new IOException("The connection to the host is gone.", failure);
            }

            throw;
        }
    }

    /// <summary>Writes to the command's standard input. It waits while the host takes no more, and goes on only while somebody reads.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (data.Length > 0)
        {
            var window = Interlocked.Read(ref _remoteWindow);
            if (window == 0)
            {
                await _windowGrew.WaitAsync(cancellationToken);
                continue;
            }

            var count = (int)Math.Min(Math.Min(data.Length, window), Math.Min(_largestWrite, LargestPacket));
            Interlocked.Add(ref _remoteWindow, -count);
            await SendAsync(new PacketWriter(Message.Data).Number(_remoteId).Bytes(data.Span[..count]), cancellationToken);
            data = data[count..];
        }
    }

    /// <summary>Reads from the command's standard output; 0 bytes are its end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_data.IsEmpty && !_ended)
        {
            await TakeAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _data.Length);
        _data[..count].CopyTo(buffer);
        _data = _data[count..];
        if (_data.IsEmpty && !_ended)
        {
            await ReturnWindowAsync(cancellationToken);
        }

        return count;
    }

    /// <summary>Ends the command's input, and with it whatever reads from it; nothing waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_ended && _socket.Connected)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await SendAsync(new PacketWriter(Message.Close).Number(_remoteId), limit.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The connection went first.
            }
        }

        _socket.Dispose();
        _sending.Dispose();
        _windowGrew.Dispose();
    }

    private async Task GreetAsync(string controlSocket, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(new UnixDomainSocketEndPoint(controlSocket), cancellationToken);
        await SendAsync(new PacketWriter().Number(MuxHello).Number(MuxVersion), cancellationToken);
        await SendAsync(new PacketWriter().Number(MuxProxy).Number(1), cancellationToken);
        Expect(await ReceiveAsync(cancellationToken), MuxHello);
        Expect(await ReceiveAsync(cancellationToken), MuxProxyReply);
    }

    private async Task ExecuteAsync(string command, CancellationToken cancellationToken)
    {
        _opening = true;
        await SendAsync(new PacketWriter(Message.ChannelOpen).Text("session").Number(1).Number(Window).Number(LargestPacket), cancellationToken);
        var packet = await ReceiveAsync(cancellationToken);
        if (packet.IsEmpty)
        {
            throw new IOException("The connection to the host is gone.");
        }

        var answer = new PacketReader(packet.Span);
        var type = answer.Type();
        if (type != Message.ChannelOpenConfirmation)
        {
            throw new IOException("The host opens no more sessions on this connection. Its sshd may have a low MaxSessions.");
        }

        _opening = false;
        answer.Number();
        _remoteId = answer.Number();
        Interlocked.Exchange(ref _remoteWindow, answer.Number());
        _largestWrite = Math.Max(1, answer.Number());
        await SendAsync(new PacketWriter(Message.Request).Number(_remoteId).Text("exec").Flag(true).Text(command), cancellationToken);
        // sshd opens its window only once the command runs, just before or just after it says so.
        for (var runs = false; !runs || Interlocked.Read(ref _remoteWindow) == 0;)
        {
            var taken = await TakeAsync(cancellationToken);
            runs |= taken == Message.Success;
            if (taken == Message.Failure || _ended)
            {
                throw new IOException("The host ran no command on this connection.");
            }
        }
    }

    /// <summary>Takes in one message; what it brought is in the fields.</summary>
    private async Task<Message> TakeAsync(CancellationToken cancellationToken)
    {
        var packet = await ReceiveAsync(cancellationToken);
        if (packet.IsEmpty)
        {
            _ended = true;
            return Message.Close;
        }

        var reader = new PacketReader(packet.Span);
        var type = reader.Type();
        reader.Number();
        switch (type)
        {
            case Message.WindowAdjust:
                if (Interlocked.Add(ref _remoteWindow, reader.Number()) > 0 && _windowGrew.CurrentCount == 0)
                {
                    _windowGrew.Release();
                }

                break;
            case Message.Data:
                var length = (int)reader.Number();
                _data = packet.Slice(reader.Position, Math.Min(length, packet.Length - reader.Position));
                _consumed += _data.Length;
                break;
            case Message.ExtendedData:
                reader.Number();
                var errors = reader.Bytes();
                _consumed += errors.Length;
                _errors.Append(Encoding.UTF8.GetString(errors[..Math.Min(errors.Length, LongestErrors - Math.Min(_errors.Length, LongestErrors))]));
                await ReturnWindowAsync(cancellationToken);
                break;
            case Message.Request:
                if (Encoding.ASCII.GetString(reader.Bytes()) == "exit-status")
                {
                    reader.Flag();
                    ExitStatus = (int)reader.Number();
                }

                break;
            case Message.EndOfFile or Message.Close:
                _ended |= type == Message.Close;
                break;
            default:
                break;
        }

        return type;
    }

    private async ValueTask ReturnWindowAsync(CancellationToken cancellationToken)
    {
        if (_consumed < Window / 2)
        {
            return;
        }

        await SendAsync(new PacketWriter(Message.WindowAdjust).Number(_remoteId).Number((uint)_consumed), cancellationToken);
        _consumed = 0;
    }

    private static void Expect(ReadOnlyMemory<byte> packet, uint type)
    {
        if (packet.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(packet.Span) != type)
        {
            throw new IOException("This OpenSSH does not share its connection as expected; version 7.4 or later is needed.");
        }
    }

    private async ValueTask SendAsync(PacketWriter packet, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            ReadOnlyMemory<byte> left = packet.ToMemory();
            while (left.Length > 0)
            {
                left = left[await _socket.SendAsync(left, SocketFlags.None, cancellationToken)..];
            }
        }
        catch (SocketException gone)
        {
            throw new IOException("The connection to the host is gone.", gone);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next packet without its length, valid until the next call; empty at the end of the connection.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(_header, cancellationToken))
        {
            return default;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_header);
        if (length is < 2 or > LargestPacket + 1024)
        {
            throw new IOException("The shared connection carried a packet of an impossible size.");
        }

        if (_packet.Length < length)
        {
            _packet = new byte[LargestPacket + 1024];
        }

        return await FillAsync(_packet.AsMemory(0, (int)length), cancellationToken) ? _packet.AsMemory(0, (int)length) : default;
    }

    private async ValueTask<bool> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var count = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
                if (count == 0)
                {
                    return false;
                }

                buffer = buffer[count..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Builds a packet: its length, for a channel message a zero for the padding and the type, then the fields.</summary>
    private sealed class PacketWriter
    {
        private readonly List<byte> _bytes = new(64) { 0, 0, 0, 0 };

        public PacketWriter()
        {
        }

        public PacketWriter(Message type) => _bytes.AddRange([0, (byte)type]);

        public PacketWriter Number(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            _bytes.AddRange(bytes);
            return this;
        }

        public PacketWriter Flag(bool value)
        {
            _bytes.Add(value ? (byte)1 : (byte)0);
            return this;
        }

        public PacketWriter Bytes(ReadOnlySpan<byte> value)
        {
            Number((uint)value.Length);
            _bytes.AddRange(value);
            return this;
        }

        public PacketWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

        public byte[] ToMemory()
        {
            var packet = _bytes.ToArray();
            BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)(packet.Length - 4));
            return packet;
        }
    }

    private ref struct PacketReader(ReadOnlySpan<byte> packet)
    {
        private readonly ReadOnlySpan<byte> _packet = packet;

        public int Position { get; private set; }

        public Message Type()
        {
            Position = 2;
            return (Message)_packet[1];
        }

        public uint Number()
        {
            var value = Position + 4 <= _packet.Length ? BinaryPrimitives.ReadUInt32BigEndian(_packet[Position..]) : 0;
            Position = Math.Min(Position + 4, _packet.Length);
            return value;
        }

        public void Flag() => Position = Math.Min(Position + 1, _packet.Length);

        public ReadOnlySpan<byte> Bytes()
        {
            var length = (int)Math.Min(Number(), (uint)(_packet.Length - Position));
            var value = _packet.Slice(Position, length);
            Position += length;
            return value;
        }
    }
}
