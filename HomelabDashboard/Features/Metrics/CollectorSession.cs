using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics.Inventory;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Metrics;

/// <summary>The collector script running on one host: it is asked, and answers.</summary>
internal sealed class CollectorSession : IAsyncDisposable
{
    /// <summary>A login shell's own start-up files run first, and some take their time.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly string Script = Resource.ReadText("collector.sh");

    private readonly SshChannel _channel;
    private readonly MetricFrameParser _parser;
    private readonly TimeProvider _time;
    private readonly HostFigures _figures = new();
    private readonly Queue<CollectorMessage> _messages = [];
    private readonly byte[] _buffer = new byte[16 * 1024];
    private long _number;

    private CollectorSession(SshChannel channel, MetricFrameParser parser, TimeProvider time)
    {
        _channel = channel;
        _parser = parser;
        _time = time;
    }

    /// <exception cref="CollectorException">The script does not run there.</exception>
    public static async Task<CollectorSession> StartAsync(HostConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        var mark = RandomNumberGenerator.GetHexString(24, lowercase: true);
        using var limit = new CancellationTokenSource(LongestStart, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        CollectorSession? session = null;
        try
        {
            // Whatever the login shell is, this much it knows; the script itself is read by a POSIX shell, to its last brace, before it runs.
            var channel = await connection.RunAsync("exec sh", either.Token);
            session = new CollectorSession(channel, new MetricFrameParser(mark), time);
            await channel.WriteAsync(Encoding.UTF8.GetBytes(Script.Replace("@MARK@", mark, StringComparison.Ordinal)), either.Token);
            switch (await session.NextAsync(either.Token))
            {
                case CollectorReady:
                    return session;
                case CollectorError { Word: "no_proc" }:
                    throw new CollectorException("This host has no /proc, so its figures cannot be read: that needs Linux.");
                default:
                    throw new CollectorException("The host answered in a way that was not expected.");
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await EndAsync(session);
            throw new CollectorException("The collector did not start in time.");
        }
        catch
        {
            await EndAsync(session);
            throw;
        }
    }

    /// <summary>Takes one reading.</summary>
    /// <param name="full">With what seldom changes.</param>
    /// <exception cref="CollectorException">The host did not give one; the session is of no more use.</exception>
    public async Task<MetricReading> ReadAsync(bool full, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var begun = _time.GetTimestamp();
        var number = ++_number;
        try
        {
            await _channel.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(full ? "full" : "fast")} {number}\n")), either.Token);
            while (true)
            {
                if (await NextAsync(either.Token) is MetricFrame frame && frame.Number == number)
                {
                    return _figures.Read(frame, _time.GetUtcNow().UtcDateTime, (int)_time.GetElapsedTime(begun).TotalMilliseconds);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CollectorException("The host is connected but gave no figures in time.");
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private static async ValueTask EndAsync(CollectorSession? session)
    {
        if (session is not null)
        {
            await session.DisposeAsync();
        }
    }

    private async Task<CollectorMessage> NextAsync(CancellationToken cancellationToken)
    {
        for (long bytes = 0; _messages.Count == 0;)
        {
            int count;
            try
            {
                count = await _channel.ReadAsync(_buffer, cancellationToken);
            }
            catch (IOException gone)
            {
                throw new CollectorException(gone.Message);
            }

            if (count == 0)
            {
                var errors = ProcFigures.Clean(_channel.Errors, 200);
                throw new CollectorException($"The collector ended on the host{(errors is null ? "." : ": " + errors)}");
            }

            // What never ends is not read to its end.
            bytes += count;
            if (bytes > 2 * MetricFrameParser.LargestFrame)
            {
                throw new CollectorException("The host sends more than can be taken, and nothing that was asked for.");
            }

            foreach (var message in _parser.Push(_buffer.AsSpan(0, count)))
            {
                _messages.Enqueue(message);
            }
        }

        return _messages.Dequeue();
    }
}

/// <param name="message">For a person.</param>
internal sealed class CollectorException(string message) : Exception(message);
