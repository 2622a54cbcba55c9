using System.Security.Claims;
using System.Threading.Channels;

namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// One client of a session: its own place in the output, how far it says it has drawn, and the size of its window. What waits for
/// it is the session's one buffer, and the last state. One reader.
/// </summary>
public sealed class TerminalAttachment : IDisposable
{
    /// <summary>The most that one item of the stream holds.</summary>
    public const int MaxItem = 64 * 1024;

    private readonly LiveTerminal _terminal;
    private readonly long _begin;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private byte[]? _preamble;
    private SessionState? _state;
    private OutputBuffer.SizeChange? _size;

    internal TerminalAttachment(LiveTerminal terminal, ClaimsPrincipal principal, OutputBuffer.SafePoint replay, int columns, int rows)
    {
        _terminal = terminal;
        Principal = principal;
        Cursor = replay.Offset;
        var preamble = replay.Modes.ToBytes();
        _preamble = preamble.Length == 0 ? null : preamble;
        _begin = replay.Offset - preamble.Length;
        Drawn = replay.Offset;
        ReplayLength = terminal.Output.End - _begin;
        (Columns, Rows) = (columns, rows);
    }

    public LiveTerminal Terminal => _terminal;

    /// <summary>How many bytes of its stream were put out before it came.</summary>
    public long ReplayLength { get; }

    /// <summary>Why it was cut off though the session goes on, in words; null while it is not.</summary>
    public string? DetachedBecause { get; private set; }

    internal ClaimsPrincipal Principal { get; }

    internal long Cursor { get; private set; }

    internal long Drawn { get; private set; }

    /// <summary>0 with <see cref="Rows"/> 0: it is not visible and has no say in the size.</summary>
    internal int Columns { get; set; }

    internal int Rows { get; set; }

    /// <summary>Since when, and from where on, it holds the others back; null while it does not.</summary>
    internal (long Since, long Drawn)? Behind { get; set; }

    /// <summary>Waits until there is something to take.</summary>
    /// <returns>False once there will be nothing more: the session has ended and all was taken, or this client was cut off.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_terminal.Gate)
            {
                if (DetachedBecause is not null)
                {
                    return false;
                }

                if (_state is not null || _preamble is not null || Cursor < _terminal.Output.End || _terminal.Output.SizeAt(Cursor) != _size)
                {
                    return true;
                }

                if (_terminal.End is not null)
                {
                    return false;
                }
            }

            await _wake.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <summary>The newest state that was not taken yet.</summary>
    public SessionState? TakeState()
    {
        lock (_terminal.Gate)
        {
            var state = _state;
            _state = null;
            return state;
        }
    }

    /// <summary>The size of the terminal that the next output is meant for, where it is another one than the last.</summary>
    public (int Columns, int Rows)? TakeSize()
    {
        lock (_terminal.Gate)
        {
            var size = _terminal.Output.SizeAt(Cursor);
            if (size == _size)
            {
                return null;
            }

            _size = size;
            return size is { } now ? (now.Columns, now.Rows) : null;
        }
    }

    /// <summary>The next output, up to <see cref="MaxItem"/> and all for one size; null when there is none now.</summary>
    public byte[]? TakeOutput()
    {
        lock (_terminal.Gate)
        {
            if (DetachedBecause is not null)
            {
                return null;
            }

            if (_preamble is { } preamble)
            {
                _preamble = null;
                return preamble;
            }

            if (Cursor == _terminal.Output.End || _terminal.Output.SizeAt(Cursor) != _size)
            {
                return null;
            }

            var bytes = _terminal.Output.Read(Cursor, (int)Math.Min(MaxItem, (_terminal.Output.SizeAfter(Cursor)?.Offset ?? long.MaxValue) - Cursor));
            Cursor += bytes.Length;
            return bytes;
        }
    }

    /// <summary>Takes the client off the session; its session goes on.</summary>
    public void Dispose() => _terminal.Detach(this, null);

    /// <summary>With the gate held.</summary>
    /// <param name="total">All bytes of the stream that the client has drawn.</param>
    internal void SetDrawn(long total) => Drawn = Math.Clamp(_begin + Math.Clamp(total, 0, int.MaxValue * 1024L), Drawn, Cursor);

    internal void Tell(SessionState state)
    {
        _state = state;
        Wake();
    }

    internal void CutOff(string? because)
    {
        DetachedBecause = because ?? "This window has left the session.";
        Wake();
    }

    internal void Wake() => _wake.Writer.TryWrite(true);
}
