namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// The last output of a terminal, addressed by its distance from the very start, for any number of readers with a place of their
/// own. Grows up to <see cref="Capacity"/> and no further. Not safe for several threads at once.
/// </summary>
public sealed class OutputBuffer
{
    public const int Capacity = 2 * 1024 * 1024;

    /// <summary>A replay is at least this long where there is as much.</summary>
    public const int ReplayLength = 1024 * 1024;

    private const int FirstCapacity = 64 * 1024;

    /// <summary>Of a longer storm of changes the oldest are forgotten.</summary>
    private const int MostSizes = 256;

    private readonly OutputScanner _scanner = new();
    private readonly Queue<SafePoint> _points = new([new SafePoint(0, default)]);
    private readonly List<SizeChange> _sizes = [];
    private byte[] _bytes = new byte[FirstCapacity];

    /// <summary>Where the oldest byte is that is still there.</summary>
    public long Start => Math.Max(0, End - _bytes.Length);

    /// <summary>Where the next byte will be.</summary>
    public long End { get; private set; }

    /// <summary>Which modes are set at the end.</summary>
    public TerminalModes Modes => _scanner.Modes;

    /// <param name="output">No longer than <see cref="Capacity"/>.</param>
    public void Append(ReadOnlySpan<byte> output)
    {
        Grow(End + output.Length);
        var at = (int)(End % _bytes.Length);
        var first = Math.Min(output.Length, _bytes.Length - at);
        output[..first].CopyTo(_bytes.AsSpan(at));
        output[first..].CopyTo(_bytes);
        End += output.Length;
        _scanner.Scan(output, (offset, modes) => _points.Enqueue(new(offset, modes)));
        while (_points.TryPeek(out var point) && point.Offset < Start)
        {
            _points.Dequeue();
        }
    }

    /// <summary>What comes from here on is put out for a terminal of another size.</summary>
    public void Resize(int columns, int rows)
    {
        if (_sizes is [.., var last] && last.Offset == End)
        {
            _sizes.RemoveAt(_sizes.Count - 1);
        }

        if (_sizes is not [.., var before] || (before.Columns, before.Rows) != (columns, rows))
        {
            _sizes.Add(new(End, columns, rows));
        }

        // One that was in force before the oldest byte that is still there is needed only once.
        var old = _sizes.FindLastIndex(s => s.Offset <= Start);
        _sizes.RemoveRange(0, Math.Max(Math.Max(old, 0), _sizes.Count - MostSizes));
    }

    /// <summary>The size in force at an offset, or else the first that is known.</summary>
    public SizeChange? SizeAt(long offset)
    {
        var at = _sizes.FindLastIndex(s => s.Offset <= offset);
        return _sizes.Count == 0 ? null : _sizes[Math.Max(at, 0)];
    }

    /// <summary>The next change of size after an offset.</summary>
    public SizeChange? SizeAfter(long offset)
    {
        var at = _sizes.FindIndex(s => s.Offset > offset);
        return at < 0 ? null : _sizes[at];
    }

    /// <summary>Copies what is there from <paramref name="offset"/> on.</summary>
    /// <param name="offset">Between <see cref="Start"/> and <see cref="End"/>.</param>
    /// <returns>At most <paramref name="limit"/> bytes; empty at the end.</returns>
    public byte[] Read(long offset, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, Start);
        var result = new byte[(int)Math.Min(limit, End - offset)];
        var at = (int)(offset % _bytes.Length);
        var first = Math.Min(result.Length, _bytes.Length - at);
        _bytes.AsSpan(at, first).CopyTo(result);
        _bytes.AsSpan(0, result.Length - first).CopyTo(result.AsSpan(first));
        return result;
    }

    /// <summary>Where a replay for a new reader begins, and the modes to set before it.</summary>
    public SafePoint ReplayFrom()
    {
        var begin = new SafePoint(End, default);
        foreach (var point in _points)
        {
            if (point.Offset > End - ReplayLength && begin.Offset != End)
            {
                break;
            }

            begin = point;
        }

        return begin;
    }

    private void Grow(long length)
    {
        if (length <= _bytes.Length || _bytes.Length == Capacity)
        {
            return;
        }

        var size = _bytes.Length;
        while (size < length && size < Capacity)
        {
            size *= 2;
        }

        var grown = new byte[size];
        var start = Start;
        var kept = Read(start, _bytes.Length);
        var at = (int)(start % size);
        var first = Math.Min(kept.Length, size - at);
        kept.AsSpan(0, first).CopyTo(grown.AsSpan(at));
        kept.AsSpan(first).CopyTo(grown);
        _bytes = grown;
    }

    public readonly record struct SafePoint(long Offset, TerminalModes Modes);

    /// <summary>From this offset on the terminal has so many columns and rows.</summary>
    public readonly record struct SizeChange(long Offset, int Columns, int Rows);
}
