using System.Text;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// A command that runs on a host, over its shared connection and without a process of our own.
/// One reader and one writer at a time; a call that was cancelled leaves the channel unusable but for its end.
/// </summary>
public sealed class SshChannel : IAsyncDisposable
{
    private const int Window = 256 * 1024;
    private const int LongestErrors = 4096;
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(1);

    private readonly SshMuxSockets _sockets;
    private readonly SshMuxSocket _socket;
    private readonly SemaphoreSlim _windowGrew = new(0, 1);
    private readonly SemaphoreSlim _receiving = new(1, 1);
    private readonly CancellationTokenSource _over = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _closing = new();
    private ReadOnlyMemory<byte> _data;
    private uint _remoteId;
    private uint _largestWrite;
    private long _remoteWindow;
    private int _consumed;
    private bool _ended;
    private bool _disposed;

    private SshChannel(SshMuxSockets sockets, SshMuxSocket socket) => (_sockets, _socket) = (sockets, socket);

    /// <summary>What the command wrote on standard error, the first 4 KB of it.</summary>
    public string Errors => _errors.ToString();

    /// <summary>Null before the end, and where a signal ended it.</summary>
    public int? ExitStatus { get; private set; }

    /// <summary>Nobody's cancellation stops the opening: see <see cref="SshMuxSockets"/>.</summary>
    internal static async Task<SshChannel> OpenAsync(SshMuxSockets sockets, string command, CancellationToken cancellationToken)
    {
        var opening = OpenAsync(sockets, command);
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

    private static async Task<SshChannel> OpenAsync(SshMuxSockets sockets, string command)
    {
        var socket = await sockets.TakeAsync();
        var channel = new SshChannel(sockets, socket);
        try
        {
            await channel.OpenSessionAsync();
        }
        catch
        {
            sockets.Return(socket);
            throw;
        }

        try
        {
            await channel.ExecuteAsync(command);
            return channel;
        }
        catch
        {
            await channel.DisposeAsync();
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

            var count = (int)Math.Min(Math.Min(data.Length, window), Math.Min(_largestWrite, SshMuxSocket.LargestData));
            Interlocked.Add(ref _remoteWindow, -count);
            await SendAsync(new SshPacketWriter(SshMessage.Data).Number(_remoteId).Bytes(data.Span[..count]), cancellationToken);
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
        using var limit = new CancellationTokenSource(LongestGoodbye);
        Task goodbye;
        lock (_closing)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            goodbye = _socket.SendAsync(new SshPacketWriter(SshMessage.Close).Number(_remoteId), limit.Token);
        }

        try
        {
            await goodbye;
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The connection went first.
        }

        await _over.CancelAsync();
        _ = CloseLaterAsync();
    }

    /// <summary>Reads on until the host has closed the channel too, or the connection has ended: only then can another use its socket.</summary>
    private async Task CloseLaterAsync()
    {
        await _receiving.WaitAsync();
        try
        {
            while (!_ended)
            {
                var packet = await _socket.ReceiveAsync(CancellationToken.None);
                _ended = packet.IsEmpty || new SshPacketReader(packet.Span).Type() == SshMessage.Close;
            }
        }
        finally
        {
            _sockets.Return(_socket);
        }
    }

    private async Task OpenSessionAsync()
    {
        await _socket.SendAsync(new SshPacketWriter(SshMessage.ChannelOpen).Text("session").Number(1).Number(Window).Number(SshMuxSocket.LargestData), CancellationToken.None);
        var packet = await _socket.ReceiveAsync(CancellationToken.None);
        if (packet.IsEmpty)
        {
            throw new IOException("The connection to the host is gone.");
        }

        var answer = new SshPacketReader(packet.Span);
        if (answer.Type() != SshMessage.ChannelOpenConfirmation)
        {
            throw new IOException("The host opens no more sessions on this connection. Its sshd may have a low MaxSessions.");
        }

        answer.Number();
        _remoteId = answer.Number();
        Interlocked.Exchange(ref _remoteWindow, answer.Number());
        _largestWrite = Math.Max(1, answer.Number());
    }

    private async Task ExecuteAsync(string command)
    {
        await _socket.SendAsync(new SshPacketWriter(SshMessage.Request).Number(_remoteId).Text("exec").Flag(true).Text(command), CancellationToken.None);

        // sshd opens its window only once the command runs, just before or just after it says so.
        for (var runs = false; !runs || Interlocked.Read(ref _remoteWindow) == 0;)
        {
            var taken = await TakeAsync(CancellationToken.None);
            runs |= taken == SshMessage.Success;
            if (taken == SshMessage.Failure || _ended)
            {
                throw new IOException("The host ran no command on this connection.");
            }
        }
    }

    /// <summary>Takes in one message; what it brought is in the fields.</summary>
    private async Task<SshMessage> TakeAsync(CancellationToken cancellationToken)
    {
        var packet = await ReceiveAsync(cancellationToken);
        if (packet.IsEmpty)
        {
            _ended = true;
            return SshMessage.Close;
        }

        var reader = new SshPacketReader(packet.Span);
        var type = reader.Type();
        reader.Number();
        switch (type)
        {
            case SshMessage.WindowAdjust:
                if (Interlocked.Add(ref _remoteWindow, reader.Number()) > 0 && _windowGrew.CurrentCount == 0)
                {
                    _windowGrew.Release();
                }

                break;
            case SshMessage.Data:
                var length = reader.Bytes().Length;
                _data = packet.Slice(reader.Position - length, length);
                _consumed += _data.Length;
                break;
            case SshMessage.ExtendedData:
                reader.Number();
                var errors = reader.Bytes();
                _consumed += errors.Length;
                _errors.Append(Encoding.UTF8.GetString(errors[..Math.Min(errors.Length, LongestErrors - Math.Min(_errors.Length, LongestErrors))]));
                await ReturnWindowAsync(cancellationToken);
                break;
            case SshMessage.Request:
                if (Encoding.ASCII.GetString(reader.Bytes()) == "exit-status")
                {
                    reader.Flag();
                    ExitStatus = (int)reader.Number();
                }

                break;
            case SshMessage.Close:
                _ended = true;
                break;
            default:
                break;
        }

        return type;
    }

    /// <summary>The end of the channel ends a read, as it does not close the socket.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _over.Token);
        try
        {
            await _receiving.WaitAsync(either.Token);
            try
            {
                return await _socket.ReceiveAsync(either.Token);
            }
            finally
            {
                _receiving.Release();
            }
        }
        catch (OperationCanceledException over) when (_over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("The channel was closed.", over);
        }
    }

    /// <summary>Nothing follows the goodbye: sshd ends the whole connection over a packet for a channel that it does not know any more.</summary>
    private Task SendAsync(SshPacketWriter packet, CancellationToken cancellationToken)
    {
        lock (_closing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _socket.SendAsync(packet, cancellationToken);
        }
    }

    private async ValueTask ReturnWindowAsync(CancellationToken cancellationToken)
    {
        if (_consumed < Window / 2)
        {
            return;
        }

        await SendAsync(new SshPacketWriter(SshMessage.WindowAdjust).Number(_remoteId).Number((uint)_consumed), cancellationToken);
        _consumed = 0;
    }
}
