using System.Text;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>
/// Reads along with a terminal's output and finds the marks in it (OSC 633). What it finds depends on the bytes alone, not on how
/// they were cut into pieces. Not safe for several threads at once.
/// </summary>
public sealed class ShellMarks
{
    /// <summary>A longer mark is none.</summary>
    public const int MaxLength = 64 * 1024;

    private const byte Escape = 0x1b;
    private const byte Bell = 0x07;

    private readonly List<string> _found = [];
    private readonly List<byte> _mark = [];
    private int _matched;
    private bool _inside;
    private bool _escaped;

    private static ReadOnlySpan<byte> Opening => "\u001b]633;"u8;

    /// <summary>Reads on.</summary>
    /// <returns>The marks that have ended in this output, without their frame; good until the next call.</returns>
    public IReadOnlyList<string> Read(ReadOnlySpan<byte> output)
    {
        _found.Clear();
        var i = 0;
        while (i < output.Length)
        {
            if (_inside)
            {
                Inside(output[i++]);
                continue;
            }

            if (_matched == 0)
            {
                var next = output[i..].IndexOf(Escape);
                if (next < 0)
                {
                    break;
                }

                i += next;
            }

            var value = output[i++];
            _matched = value == Opening[_matched] ? _matched + 1 : value == Escape ? 1 : 0;
            if (_matched == Opening.Length)
            {
                (_inside, _escaped, _matched) = (true, false, 0);
                _mark.Clear();
            }
        }

        return _found;
    }

    private void Inside(byte value)
    {
        if (_escaped)
        {
            // ESC \ ends a mark too; any other escape sequence means that this was none.
            _inside = _escaped = false;
            if (value == '\\')
            {
                Found();
            }
            else
            {
                _matched = value == Opening[1] ? 2 : value == Escape ? 1 : 0;
            }
        }
        else if (value == Escape)
        {
            _escaped = true;
        }
        else if (value == Bell)
        {
            _inside = false;
            Found();
        }
        else if (value < 0x20 || _mark.Count == MaxLength)
        {
            _inside = false;
            _mark.Clear();
        }
        else
        {
            _mark.Add(value);
        }
    }

    private void Found()
    {
        _found.Add(Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_mark)));
        _mark.Clear();
    }
}
