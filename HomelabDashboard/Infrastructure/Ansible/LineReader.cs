namespace HomelabDashboard.Infrastructure.Ansible;

/// <summary>Reads a program's output, or a file of it, to its end, line by line. What is longer than the bound is cut there; nothing is left in the pipe.</summary>
internal static class LineReader
{
    public const int LongestLine = 1024 * 1024;

    /// <param name="line">Gets each line without its end.</param>
    public static async Task ReadAsync(Stream stream, LineHandler line, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var (filled, skipping) = (0, false);
        while (await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken) is > 0 and var count)
        {
            var scanned = filled;
            filled += count;
            var start = 0;
            while (buffer.AsSpan(scanned, filled - scanned).IndexOf((byte)'\n') is >= 0 and var at)
            {
                if (!skipping)
                {
                    line(buffer.AsSpan(start, scanned + at - start).TrimEnd((byte)'\r'));
                }

                skipping = false;
                scanned += at + 1;
                start = scanned;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (skipping)
            {
                filled = 0;
            }
            else if (filled == buffer.Length && filled < LongestLine)
            {
                Array.Resize(ref buffer, Math.Min(LongestLine, filled * 2));
            }
            else if (filled == buffer.Length)
            {
                line(buffer);
                (filled, skipping) = (0, true);
            }
        }

        if (filled > 0)
        {
            line(buffer.AsSpan(0, filled));
        }
    }
}

internal delegate void LineHandler(ReadOnlySpan<byte> line);
