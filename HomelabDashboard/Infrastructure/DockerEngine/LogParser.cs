using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>
/// Makes lines of what an engine sends as a container's log: the bytes of its TTY as they are, or frames of an 8-byte header
/// (stream, three zeros, length) that mix standard output and standard error. Bytes may come cut anywhere.
/// </summary>
/// <param name="framed">False for a container with a TTY.</param>
/// <param name="timestamps">Whether each line begins with its time, as asked for.</param>
public sealed class LogParser(bool framed, bool timestamps)
{
    /// <summary>Bytes; a longer line is cut into several.</summary>
    public const int LongestLine = 16 * 1024;

    private const int HeaderLength = 8;

    private readonly byte[] _header = new byte[HeaderLength];
    private readonly Line _output = new();
    private readonly Line _errors = new();
    private int _headerBytes;
    private uint _left;
    private bool _isError;

    /// <summary>Takes in what came, and adds the lines that it completed.</summary>
    /// <exception cref="EngineException">These are no frames.</exception>
    public void Add(ReadOnlySpan<byte> data, ICollection<LogLine> lines)
    {
        while (framed && data.Length > 0)
        {
            if (_left == 0)
            {
                var count = Math.Min(HeaderLength - _headerBytes, data.Length);
                data[..count].CopyTo(_header.AsSpan(_headerBytes));
                _headerBytes += count;
                data = data[count..];
                if (_headerBytes == HeaderLength)
                {
                    ReadHeader();
                }

                continue;
            }

            var length = (int)Math.Min(_left, (uint)data.Length);
            Take(data[..length], _isError, lines);
            _left -= (uint)length;
            data = data[length..];
        }

        Take(data, isError: false, lines);
    }

    /// <summary>Adds what was begun and has no end: the log is over.</summary>
    public void Finish(ICollection<LogLine> lines)
    {
        End(_output, isError: false, lines);
        End(_errors, isError: true, lines);
    }

    private void ReadHeader()
    {
        const byte errors = 2;
        const byte engine = 3;
        if (_header[0] > engine || _header.AsSpan(1, 3).ContainsAnyExcept((byte)0))
        {
            throw new EngineException("The engine sent a log in a form that is not known.");
        }

        _isError = _header[0] >= errors;
        _left = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4));
        _headerBytes = 0;
    }

    private void Take(ReadOnlySpan<byte> data, bool isError, ICollection<LogLine> lines)
    {
        var line = isError ? _errors : _output;
        while (data.Length > 0)
        {
            var end = data.IndexOf((byte)'\n');
            var part = end < 0 ? data : data[..end];
            while (line.Length + part.Length > LongestLine)
            {
                var fits = LongestLine - line.Length;
                line.Append(part[..fits]);
                part = part[fits..];
                End(line, isError, lines);
                line.Continues = true;
            }

            line.Append(part);
            if (end < 0)
            {
                return;
            }

            line.Begun = true;
            End(line, isError, lines);
            line.Continues = false;
            data = data[(end + 1)..];
        }
    }

    private void End(Line line, bool isError, ICollection<LogLine> lines)
    {
        if (!line.Begun || (line.Continues && line.Length == 0))
        {
            line.Clear();
            return;
        }

        var text = Encoding.UTF8.GetString(line.Bytes).AsSpan();
        line.Clear();
        text = text.EndsWith("\r") ? text[..^1] : text;
        DateTime? at = line.Continues ? line.At : null;
        if (timestamps && !line.Continues && ReadTime(ref text) is { } time)
        {
            at = time;
        }

        line.At = at;
        lines.Add(new(at, isError, text.ToString()));
    }

    /// <summary>Takes <c>2026-03-01T12:00:00.123456789Z </c> off the line.</summary>
    private static DateTime? ReadTime(ref ReadOnlySpan<char> text)
    {
        var space = text.IndexOf(' ');
        var word = space < 0 ? text : text[..space];
        if (word.Length is < 20 or > 40 || word[^1] != 'Z' && !word[19..].ContainsAny('+', '-'))
        {
            return null;
        }

        // .NET takes seven digits of a second, engines write nine.
        Span<char> cut = stackalloc char[40];
        word.CopyTo(cut);
        var length = word.Length;
        if (word.Length > 27 && word[19] == '.' && word[^1] == 'Z')
        {
            cut[27] = 'Z';
            length = 28;
        }

        if (!DateTimeOffset.TryParse(cut[..length], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return null;
        }

        text = space < 0 ? [] : text[(space + 1)..];
        return time.UtcDateTime;
    }

    private sealed class Line
    {
        private byte[] _bytes = new byte[256];

        public int Length { get; private set; }

        /// <summary>There is something to end, be it an empty line.</summary>
        public bool Begun { get; set; }

        /// <summary>What comes now belongs to a line that was cut.</summary>
        public bool Continues { get; set; }

        public DateTime? At { get; set; }

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

        public void Append(ReadOnlySpan<byte> data)
        {
            if (data.Length == 0)
            {
                return;
            }

            if (Length + data.Length > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Min(LongestLine, Math.Max(_bytes.Length * 2, Length + data.Length)));
            }

            data.CopyTo(_bytes.AsSpan(Length));
            Length += data.Length;
            Begun = true;
        }

        public void Clear()
        {
            Length = 0;
            Begun = false;
        }
    }
}
