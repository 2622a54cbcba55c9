using System.Collections.Concurrent;
using System.Globalization;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Operations;

/// <summary>How much an operation has said so far; a change of it means that there is more to read.</summary>
/// <param name="Lines">All lines ever written, those that are not kept any more included.</param>
public sealed record OperationOutputMark(long Lines);

/// <summary>
/// What operations say while they run, line by line, for kinds that have something to say: a handler writes here with the id
/// of its operation, and the lines can be read at once and after the end (<see cref="OperationService.OutputAsync"/>). Of each
/// operation the newest <see cref="MostLines"/> lines and <see cref="MostChars"/> characters are kept. Singleton.
/// </summary>
public sealed class OperationOutputs(TimeProvider time)
{
    public const int MostLines = 2_000;
    public const int MostChars = 256 * 1024;
    public const int LongestLine = 2_000;

    private readonly ConcurrentDictionary<string, Lines> _outputs = new(StringComparer.Ordinal);

    /// <summary>By operation: only those that run and have said something.</summary>
    public LiveStore<string, OperationOutputMark> Marks { get; } = new(time);

    /// <summary>
    /// Adds what a program has said: one line or several. Colours and other control characters are taken out, a line that is
    /// too long is cut. It is shown to all who may read operations, so never write a secret.
    /// </summary>
    public void Write(string operationId, string text)
    {
        var output = _outputs.GetOrAdd(operationId, _ => new());
        long total = 0;
        var lines = text.AsSpan().TrimEnd("\r\n");
        foreach (var line in lines.Split('\n'))
        {
            total = output.Add(Plain(lines[line]));
        }

        Marks.Set(operationId, new(total));
    }

    /// <summary>What is kept of a running operation's output, oldest first; null when it has said nothing. A first line tells when something before is not kept.</summary>
    /// <param name="after">Only what came after this many lines.</param>
    internal OperationOutput? Read(string operationId, long after = 0) => _outputs.GetValueOrDefault(operationId)?.Read(after);

    /// <summary>The operation is over, and what it said is stored elsewhere.</summary>
    internal void Forget(string operationId)
    {
        // A mark that is there means that lines are: whoever has read finds out by it whether they were these.
        Marks.Remove(operationId);
        _outputs.TryRemove(operationId, out _);
    }

    /// <summary>The text without escape sequences and control characters, tabs excepted.</summary>
    private static string Plain(ReadOnlySpan<char> line)
    {
        var plain = new char[Math.Min(line.Length, LongestLine + 1)];
        var length = 0;
        for (var i = 0; i < line.Length && length <= LongestLine; i++)
        {
            if (line[i] == '\e' && i + 1 < line.Length && line[i + 1] == '[')
            {
                for (i += 2; i < line.Length && line[i] is >= ' ' and < '@'; i++)
                {
                }
            }
            else if (line[i] == '\r' && i + 1 < line.Length)
            {
                // A program draws its line anew, as with a bar of progress: the last drawing stays.
                length = 0;
            }
            else if (!char.IsControl(line[i]) || line[i] == '\t')
            {
                plain[length++] = line[i];
            }
        }

        return length <= LongestLine ? new(plain, 0, length) : new string(plain, 0, LongestLine) + "…";
    }

    private sealed class Lines
    {
        private readonly Queue<string> _kept = new();
        private readonly Lock _gate = new();
        private long _total;
        private int _chars;

        public long Add(string line)
        {
            lock (_gate)
            {
                _kept.Enqueue(line);
                _chars += line.Length + 1;
                while (_kept.Count > MostLines || _chars > MostChars)
                {
                    _chars -= _kept.Dequeue().Length + 1;
                }

                return ++_total;
            }
        }

        public OperationOutput Read(long after)
        {
            lock (_gate)
            {
                var gone = _total - _kept.Count;
                return new(
                    gone <= after
                        ? [.. _kept.Skip((int)(after - gone))]
                        : [string.Create(CultureInfo.InvariantCulture, $"… {gone - after:N0} lines before this are not kept."), .. _kept],
                    _total);
            }
        }
    }
}
