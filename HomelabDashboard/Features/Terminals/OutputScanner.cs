using System.Buffers;

namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// Reads along with a terminal's output, far enough to know where a replay may begin: never inside an escape sequence or a
/// character, and with which modes set. What it finds depends on the bytes alone, not on how they were cut into pieces.
/// </summary>
public sealed class OutputScanner
{
    /// <summary>From here on after the last safe point, the next one is noted after a line's end …</summary>
    public const int Spacing = 16 * 1024;

    /// <summary>… and from here on, at the first place that will do.</summary>
    public const int MaxSpacing = 2 * Spacing;

    /// <summary>A sequence (a title, a picture) longer than this is taken for one that never ends.</summary>
    public const int MaxSequence = 256 * 1024;

    private const byte Escape = 0x1b;
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(b => (byte)b)]);

    private readonly int[] _parameters = new int[16];
    private State _state;
    private TerminalModes _modes;
    private int _parameterCount;
    private bool _private;
    private byte _intermediate;
    private int _utf8Left;
    private bool _c1Lead;
    private int _sequenceLength;
    private long _offset;
    private long _lastPoint;

    private enum State
    {
        Ground,
        Escape,
        EscapeIntermediate,
        Sequence,
        String,
        StringEscape,
    }

    /// <summary>Which modes are set after all that was read.</summary>
    public TerminalModes Modes => _modes;

    /// <summary>Reads on.</summary>
    /// <param name="found">Gets each safe point: its offset from the very start, and the modes there.</param>
    public void Scan(ReadOnlySpan<byte> output, Action<long, TerminalModes> found)
    {
        var i = 0;
        while (i < output.Length)
        {
            if (_state == State.Ground && _utf8Left == 0)
            {
                var rest = output[i..];
                var plain = rest.IndexOfAnyExcept(Plain);
                plain = plain < 0 ? rest.Length : plain;
                if (plain > 0)
                {
                    long must;
                    while ((must = Math.Max(_lastPoint + MaxSpacing, _offset + 1)) <= _offset + plain)
                    {
                        _lastPoint = must;
                        found(must, _modes);
                    }

                    _offset += plain;
                    i += plain;
                    continue;
                }
            }

            var value = output[i++];
            _offset++;
            Step(value);
            var distance = _offset - _lastPoint;
            if (distance >= Spacing && _state == State.Ground && _utf8Left == 0 && (value == '\n' || distance >= MaxSpacing))
            {
                _lastPoint = _offset;
                found(_offset, _modes);
            }
        }
    }

    private void Step(byte value)
    {
        if (_state is not (State.String or State.StringEscape))
        {
            if (value is 0x18 or 0x1a)
            {
                (_state, _utf8Left) = (State.Ground, 0);
                return;
            }

            if (value == Escape)
            {
                (_state, _utf8Left, _sequenceLength) = (State.Escape, 0, 0);
                return;
            }
        }

        if (_state == State.Ground)
        {
            InGround(value);
            return;
        }

        if (++_sequenceLength > MaxSequence)
        {
            _state = State.Ground;
            return;
        }

        switch (_state)
        {
            case State.Escape:
                AfterEscape(value);
                break;
            case State.EscapeIntermediate when value is >= 0x30 and <= 0x7e:
                _state = State.Ground;
                break;
            case State.Sequence:
                InSequence(value);
                break;
            case State.String:
                InString(value);
                break;
            case State.StringEscape:
                _state = State.Escape;
                if (value is 0x18 or 0x1a)
                {
                    _state = State.Ground;
                }
                else if (value != Escape)
                {
                    AfterEscape(value);
                }

                break;
        }
    }

    private void InGround(byte value)
    {
        if (_utf8Left > 0 && (value & 0xc0) == 0x80)
        {
            _utf8Left--;

            // U+0080 to U+009F are the C1 controls, each of them also an escape and one letter.
            if (_c1Lead && value < 0xa0)
            {
                _sequenceLength = 0;
                AfterEscape((byte)(value - 0x40));
            }

            _c1Lead = false;
            return;
        }

        _c1Lead = value == 0xc2;
        _utf8Left = value switch
        {
            >= 0xc2 and <= 0xdf => 1,
            >= 0xe0 and <= 0xef => 2,
            >= 0xf0 and <= 0xf4 => 3,
            _ => 0,
        };
    }

    private void AfterEscape(byte value)
    {
        _state = State.Ground;
        switch (value)
        {
            case (byte)'[':
                _state = State.Sequence;
                (_parameterCount, _private, _intermediate) = (0, false, 0);
                _parameters[0] = 0;
                break;
            case (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_':
                _state = State.String;
                break;
            case (byte)'c':
                _modes = default;
                break;
            case (byte)'=' or (byte)'>':
                _modes = _modes with { Keypad = value == '=' };
                break;
            case >= 0x20 and <= 0x2f:
                _state = State.EscapeIntermediate;
                break;
            case < 0x20:
                // A control inside an escape sequence acts at once and the sequence goes on.
                _state = State.Escape;
                break;
        }
    }

    private void InSequence(byte value)
    {
        switch (value)
        {
            case >= (byte)'0' and <= (byte)'9':
                if (_parameterCount < _parameters.Length)
                {
                    ref var parameter = ref _parameters[_parameterCount];
                    parameter = Math.Min((parameter * 10) + (value - '0'), 100_000);
                }

                break;
            case (byte)';' or (byte)':':
                _parameterCount++;
                if (_parameterCount < _parameters.Length)
                {
                    _parameters[_parameterCount] = 0;
                }

                break;
            case (byte)'?':
                _private = true;
                break;
            case >= 0x20 and <= 0x2f:
                _intermediate = value;
                break;
            case >= 0x40 and <= 0x7e:
                _state = State.Ground;
                Apply(value);
                break;
        }
    }

    private void Apply(byte final)
    {
        if (_private && _intermediate == 0 && final is (byte)'h' or (byte)'l')
        {
            foreach (var mode in _parameters.AsSpan(0, Math.Min(_parameterCount + 1, _parameters.Length)))
            {
                _modes = _modes.With(mode, final == 'h');
            }
        }
        else if (!_private && _intermediate == '!' && final == 'p')
        {
            _modes = _modes.AfterSoftReset();
        }
    }

    private void InString(byte value)
    {
        if (value == Escape)
        {
            _state = State.StringEscape;
        }
        else if (value is 0x07 or 0x18 or 0x1a)
        {
            _state = State.Ground;
        }
    }
}
