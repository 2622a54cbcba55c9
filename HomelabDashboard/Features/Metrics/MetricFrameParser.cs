using System.Globalization;
using System.Text;

namespace HomelabDashboard.Features.Metrics;

/// <summary>
/// Finds the collector's messages in what a host sends, however it is cut, and whatever else is in it: only lines that begin
/// with the mark speak for the collector. What is too long is left out, never held.
/// </summary>
/// <param name="mark">A random word of this session, which no output has by accident.</param>
/// <param name="largestFrame">Bytes; a frame above them is left out.</param>
public sealed class MetricFrameParser(string mark, int largestFrame = MetricFrameParser.LargestFrame)
{
    public const int LongestLine = 8 * 1024;
    public const int LargestFrame = 256 * 1024;

    /// <summary>What a line costs in memory besides its text, about.</summary>
    private const int LineCost = 64;

    private readonly byte[] _line = new byte[LongestLine];
    private int _length;
    private bool _tooLong;

    private Dictionary<string, IReadOnlyList<string>>? _sections;
    private List<string> _section = [];
    private long _number;
    private long _size;

    /// <summary>Takes in the next bytes and gives the messages that they completed.</summary>
    public IReadOnlyList<CollectorMessage> Push(ReadOnlySpan<byte> bytes)
    {
        List<CollectorMessage>? messages = null;
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (_length + part.Length > LongestLine)
            {
                _tooLong = true;
            }
            else
            {
                part.CopyTo(_line.AsSpan(_length));
                _length += part.Length;
            }

            if (end < 0)
            {
                break;
            }

            if (!_tooLong && Take(Encoding.UTF8.GetString(_line, 0, _length).TrimEnd('\r')) is { } message)
            {
                (messages ??= []).Add(message);
            }

            _length = 0;
            _tooLong = false;
            bytes = bytes[(end + 1)..];
        }

        return messages ?? (IReadOnlyList<CollectorMessage>)[];
    }

    private CollectorMessage? Take(string line)
    {
        // Marks count too: the host knows the mark, and could open sections for ever.
        _size += line.Length + LineCost;
        if (_size > largestFrame)
        {
            _sections = null;
        }

        if (!line.StartsWith(mark, StringComparison.Ordinal) || line.Length <= mark.Length || line[mark.Length] != ' ')
        {
            if (_sections is not null)
            {
                _section.Add(line);
            }

            return null;
        }

        var words = line[(mark.Length + 1)..].Split(' ');
        switch (words)
        {
            case ["ready"]:
                return new CollectorReady();
            case ["error", var word]:
                return new CollectorError(word);
            case ["begin", var number] when long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _number):
                _sections = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
                _size = 0;
                Open("files");
                return null;
            case ["end", var number] when _sections is { } sections && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var ended) && ended == _number:
                _sections = null;
                return new MetricFrame(_number, sections);
            case [var section] when _sections is not null:
                Open(section);
                return null;
            default:
                return null;
        }
    }

    private void Open(string section)
    {
        _section = [];
        _sections![section] = _section;
    }
}
