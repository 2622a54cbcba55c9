using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace HomelabDashboard.Tests.Support;

/// <summary>
/// A client of a SignalR hub: JSON protocol over one WebSocket, as much of it as a terminal's client needs. Streams are of byte arrays.
/// </summary>
public sealed class HubClient : IAsyncDisposable
{
    private const byte RecordSeparator = 0x1e;

    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Channel<byte[]>> _streams = new(StringComparer.Ordinal);
    private readonly Channel<HubMessage> _messages = Channel.CreateUnbounded<HubMessage>();
    private Task _reading = Task.CompletedTask;
    private int _lastId;

    private HubClient(WebSocket socket) => _socket = socket;

    /// <summary>What the hub has sent by itself, in order.</summary>
    public ChannelReader<HubMessage> Messages => _messages.Reader;

    /// <summary>The next call of that name from the hub; others before it are dropped.</summary>
    public async Task<HubMessage> MessageAsync(string method)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var message = await Messages.ReadAsync(limit.Token);
            if (message.Method == method)
            {
                return message;
            }
        }
    }

    /// <param name="hub">With ws or wss.</param>
    public static async Task<HubClient> ConnectAsync(Uri hub, string bearer, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
        await socket.ConnectAsync(hub, cancellationToken);
        return await OverAsync(socket);
    }

    /// <summary>Shakes hands over a WebSocket to the hub, which is the client's from now on.</summary>
    public static async Task<HubClient> OverAsync(WebSocket socket)
    {
        var client = new HubClient(socket);
        await client.WriteAsync("""{"protocol":"json","version":1}""");
        client._reading = client.ReadAsync();
        return client;
    }

    /// <summary>Calls a method without waiting for its end.</summary>
    public Task SendAsync(string method, params object[] arguments) =>
        WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { type = 1, target = method, arguments }));

    /// <summary>Calls a method and waits for its end.</summary>
    /// <exception cref="HubCallException">The hub answered with an error.</exception>
    public async Task InvokeAsync(string method, params object[] arguments)
    {
        var id = NewId();
        var call = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = call;
        await WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { type = 1, invocationId = id, target = method, arguments }));
        await call.Task;
    }

    /// <summary>Starts a stream of byte arrays; it fails with <see cref="HubCallException"/> when the hub ends it with an error.</summary>
    public async Task<ChannelReader<byte[]>> StreamAsync(string method, params object[] arguments)
    {
        var id = NewId();
        var stream = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        _streams[id] = stream;
        await WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { type = 4, invocationId = id, target = method, arguments }));
        return stream.Reader;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _stop.Dispose();
    }

    private string NewId() => Interlocked.Increment(ref _lastId).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Task WriteAsync(string message) => WriteAsync(Encoding.UTF8.GetBytes(message));

    private async Task WriteAsync(byte[] message)
    {
        var framed = new byte[message.Length + 1];
        message.CopyTo(framed, 0);
        framed[^1] = RecordSeparator;
        await _sending.WaitAsync(_stop.Token);
        try
        {
            await _socket.SendAsync(framed, WebSocketMessageType.Text, true, _stop.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(256 * 1024);
        Exception? end = null;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.GetMemory(64 * 1024), _stop.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                buffer.Advance(received.Count);
                if (received.EndOfMessage)
                {
                    TakeAll(buffer.WrittenSpan);
                    buffer.ResetWrittenCount();
                }
            }
        }
        catch (Exception failed) when (failed is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            end = failed;
        }

        end = new HubCallException("The connection has ended.", end);
        _messages.Writer.TryComplete();
        foreach (var stream in _streams.Values)
        {
            stream.Writer.TryComplete(end);
        }

        foreach (var call in _calls.Values)
        {
            call.TrySetException(end);
        }
    }

    private void TakeAll(ReadOnlySpan<byte> records)
    {
        while (records.IndexOf(RecordSeparator) is >= 0 and var end)
        {
            Take(records[..end]);
            records = records[(end + 1)..];
        }
    }

    private void Take(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record);
        var type = 0;
        string? id = null, error = null, target = null;
        byte[]? item = null;
        JsonElement[] arguments = [];
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            var isType = name.SequenceEqual("type"u8);
            var isId = name.SequenceEqual("invocationId"u8);
            var isItem = name.SequenceEqual("item"u8);
            var isError = name.SequenceEqual("error"u8);
            var isTarget = name.SequenceEqual("target"u8);
            var isArguments = name.SequenceEqual("arguments"u8);
            reader.Read();
            if (isType)
            {
                type = reader.GetInt32();
            }
            else if (isId)
            {
                id = reader.GetString();
            }
            else if (isItem)
            {
                item = reader.GetBytesFromBase64();
            }
            else if (isError)
            {
                error = reader.GetString();
            }
            else if (isTarget)
            {
                target = reader.GetString();
            }
            else if (isArguments)
            {
                arguments = JsonSerializer.Deserialize<JsonElement[]>(ref reader)!;
            }
            else
            {
                reader.Skip();
            }
        }

        switch (type)
        {
            case 1:
                _messages.Writer.TryWrite(new HubMessage(target!, arguments));
                break;
            case 2:
                _streams[id!].Writer.TryWrite(item!);
                break;
            case 3:
                var failure = error is null ? null : new HubCallException(error);
                if (_streams.TryRemove(id!, out var stream))
                {
                    stream.Writer.TryComplete(failure);
                }
                else if (_calls.TryRemove(id!, out var call))
                {
                    if (failure is null)
                    {
                        call.TrySetResult();
                    }
                    else
                    {
                        call.TrySetException(failure);
                    }
                }

                break;
        }
    }
}

/// <summary>A call from the hub to the client.</summary>
public sealed record HubMessage(string Method, IReadOnlyList<JsonElement> Arguments);

public sealed class HubCallException(string message, Exception? innerException = null) : Exception(message, innerException);
