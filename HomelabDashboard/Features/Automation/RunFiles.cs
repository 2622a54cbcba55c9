using System.Buffers.Binary;
using System.Text;
using HomelabDashboard.Infrastructure.Ansible;

namespace HomelabDashboard.Features.Automation;

/// <summary>
/// A run's output and events, in a folder of its own: <c>output.log</c> with a line a line, <c>output.idx</c> with the place of
/// every 64th of them as eight bytes, so that any line is found at once, and <c>events.jsonl</c> with an event a line.
/// </summary>
public sealed class RunFiles(string root)
{
    public const int LinesPerMark = 64;
    public const int MostLinesAtOnce = 2000;
    private const int LongestLine = 64 * 1024;
    private const int Chunk = 256 * 1024;

    /// <param name="id">A run's; made by the program.</param>
    public string Folder(string id) => Path.Combine(root, id);

    internal string Output(string id) => Path.Combine(root, id, "output.log");

    internal string Index(string id) => Path.Combine(root, id, "output.idx");

    /// <summary>Where Ansible reads the variables of a run that goes on; secrets may be among them.</summary>
    internal string ExtraVars(string id) => Path.Combine(root, id, "extra-vars.json");

    /// <summary>Where Ansible reads the names of the hosts that a run is for alone.</summary>
    internal string OnlyHosts(string id) => Path.Combine(root, id, "only-hosts.txt");

    internal string Events(string id) => Path.Combine(root, id, "events.jsonl");

    public IReadOnlyList<string> Ids() => [.. Directory.EnumerateDirectories(root).Select(f => Path.GetFileName(f))];

    public void Delete(string id)
    {
        if (Directory.Exists(Folder(id)))
        {
            Directory.Delete(Folder(id), recursive: true);
        }
    }

    /// <summary>Removes what is of use only while a run goes on.</summary>
    internal void DeleteTemporary(string id)
    {
        if (!Directory.Exists(Folder(id)))
        {
            return;
        }

        File.Delete(ExtraVars(id));
        File.Delete(OnlyHosts(id));
        if (AnsibleLaunch.TemporaryFolder(Folder(id)) is var temporary && Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>How many lines there are.</summary>
    public async Task<long> CountAsync(string id, CancellationToken cancellationToken)
    {
        if (!File.Exists(Output(id)))
        {
            return 0;
        }

        await using var log = Open(Output(id));
        var (mark, offset) = await LastMarkAsync(id, cancellationToken);
        log.Position = Math.Min(offset, log.Length);
        var count = mark * LinesPerMark;
        var buffer = new byte[Chunk];
        while (await log.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            count += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return count;
    }

    /// <summary>Some lines in order, without their ends.</summary>
    /// <param name="from">The first, counted from 0.</param>
    /// <param name="limit">1 to <see cref="MostLinesAtOnce"/>.</param>
    public async Task<IReadOnlyList<string>> ReadAsync(string id, long from, int limit, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        if (!File.Exists(Output(id)))
        {
            return lines;
        }

        await using var log = Open(Output(id));
        log.Position = Math.Min(await MarkAsync(id, from / LinesPerMark, cancellationToken), log.Length);
        var skip = from % LinesPerMark;
        var buffer = new byte[LongestLine];
        var filled = 0;
        while (lines.Count < limit && await log.ReadAsync(buffer.AsMemory(filled), cancellationToken) is > 0 and var read)
        {
            filled += read;
            var start = 0;
            while (lines.Count < limit && buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var at)
            {
                if (skip > 0)
                {
                    skip--;
                }
                else
                {
                    lines.Add(Encoding.UTF8.GetString(buffer, start, at));
                }

                start += at + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        return lines;
    }

    /// <summary>The numbers of the lines with a text in them, whatever its case and its colours, in order.</summary>
    /// <param name="most">After so many it is over.</param>
    public async Task<IReadOnlyList<long>> FindAsync(string id, string text, int most, CancellationToken cancellationToken)
    {
        var found = new List<long>();
        if (!File.Exists(Output(id)))
        {
            return found;
        }

        using var reader = new StreamReader(Open(Output(id)), Encoding.UTF8, false, Chunk);
        var buffer = new char[Chunk];
        var (filled, line) = (0, 0L);
        while (found.Count < most && await reader.ReadAsync(buffer.AsMemory(filled), cancellationToken) is > 0 and var read)
        {
            filled += read;
            var end = buffer.AsSpan(0, filled).LastIndexOf('\n') + 1;
            Search(buffer.AsSpan(0, Plain(buffer.AsSpan(0, end))), text, most, found, ref line);
            if (end == 0 && filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            buffer.AsSpan(end, filled - end).CopyTo(buffer);
            filled -= end;
        }

        return found;
    }

    /// <summary>Takes the escape sequences out, such as <c>ESC [ 0;32 m</c>.</summary>
    /// <returns>How long the text is without them.</returns>
    private static int Plain(Span<char> text)
    {
        var (read, written) = (0, 0);
        while (text[read..].IndexOf("\x1b[") is >= 0 and var at)
        {
            text.Slice(read, at).CopyTo(text[written..]);
            written += at;
            read += at + 2;
            var last = text[read..].IndexOfAnyExceptInRange(' ', '?');
            read = last < 0 ? text.Length : read + last + (text[read + last] is >= '@' and <= '~' ? 1 : 0);
        }

        text[read..].CopyTo(text[written..]);
        return written + text.Length - read;
    }

    private static void Search(ReadOnlySpan<char> lines, string text, int most, List<long> found, ref long line)
    {
        while (found.Count < most && lines.IndexOf(text, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            line += lines[..at].Count('\n');
            found.Add(line);
            var rest = lines[at..].IndexOf('\n');
            lines = lines[(at + rest + 1)..];
            line++;
        }

        line += lines.Count('\n');
    }

    private async Task<long> MarkAsync(string id, long mark, CancellationToken cancellationToken)
    {
        await using var index = Open(Index(id));
        var entry = new byte[sizeof(long)];
        index.Position = Math.Min(mark * sizeof(long), index.Length);
        return await index.ReadAtLeastAsync(entry, entry.Length, throwOnEndOfStream: false, cancellationToken) == entry.Length
            ? BinaryPrimitives.ReadInt64LittleEndian(entry)
            : long.MaxValue;
    }

    private async Task<(long Mark, long Offset)> LastMarkAsync(string id, CancellationToken cancellationToken)
    {
        var marks = new FileInfo(Index(id)) is { Exists: true, Length: var length } ? length / sizeof(long) : 0;
        return marks == 0 ? (0, 0) : (marks - 1, await MarkAsync(id, marks - 1, cancellationToken));
    }

    private static FileStream Open(string file) => new(
        file, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous });
}
