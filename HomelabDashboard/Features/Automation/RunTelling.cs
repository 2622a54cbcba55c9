using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace HomelabDashboard.Features.Automation;

/// <summary>A run as server-sent events. An id is <c>events:lines</c>, how many of each came before the next; so any can be resumed from.</summary>
internal static class RunTelling
{
    private const int LinesAtOnce = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async IAsyncEnumerable<SseItem<JsonElement>> TellAsync(
        RunFiles files, string id, string? after, Func<Task<RunRecord?>> look, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (events, lines) = Parse(after);
        var skip = events;
        FileStream? file = null;
        var rest = new List<byte>();
        try
        {
            while (true)
            {
                // Looked at first: what was written before the end is there once the end is seen.
                var run = await look();
                file ??= File.Exists(files.Events(id)) ? new FileStream(files.Events(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : null;
                while (await NextAsync(file, rest, cancellationToken) is { Count: > 0 } told)
                {
                    foreach (var line in told)
                    {
                        if (skip > 0)
                        {
                            skip--;
                            continue;
                        }

                        events++;
                        yield return Item(line, events, lines);
                    }
                }

                while (await files.ReadAsync(id, lines, LinesAtOnce, cancellationToken) is { Count: > 0 } next)
                {
                    var from = lines;
                    lines += next.Count;
                    yield return new SseItem<JsonElement>(JsonSerializer.SerializeToElement(new { from_line = from, lines = next }), "output") { EventId = Id(events, lines) };
                }

                if (run is null or { IsOpen: false })
                {
                    yield return new SseItem<JsonElement>(JsonSerializer.SerializeToElement(new { status = run is null ? null : Data.EnumWords<AutomationTaskStatus>.Of(run.Status), error = run?.ErrorMessage, tree_cut = run?.TreeCut }), "end") { EventId = Id(events, lines) };
                    yield break;
                }

                await Task.Delay(LookEvery, time, cancellationToken);
            }
        }
        finally
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }
        }
    }

    private static SseItem<JsonElement> Item(byte[] line, long events, long lines)
    {
        var told = RunEvent.Parse(line);
        return new SseItem<JsonElement>(JsonSerializer.SerializeToElement(told, Json), told?.E ?? "message") { EventId = Id(events, lines) };
    }

    private static string Id(long events, long lines) => string.Create(CultureInfo.InvariantCulture, $"{events}:{lines}");

    private static (long Events, long Lines) Parse(string? id) =>
        id?.Split(':') is [var events, var lines]
        && long.TryParse(events, NumberStyles.None, CultureInfo.InvariantCulture, out var e) && long.TryParse(lines, NumberStyles.None, CultureInfo.InvariantCulture, out var l) ? (e, l) : (0, 0);

    /// <summary>Some of the whole lines that have come since; none when there is no more for now.</summary>
    private static async Task<IReadOnlyList<byte[]>> NextAsync(FileStream? file, List<byte> rest, CancellationToken cancellationToken)
    {
        var lines = new List<byte[]>();
        var buffer = new byte[64 * 1024];
        while (file is not null && lines.Count < LinesAtOnce * 10 && await file.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            var from = 0;
            for (var at = 0; at < count; at++)
            {
                if (buffer[at] == '\n')
                {
                    lines.Add([.. rest, .. buffer.AsSpan(from, at - from)]);
                    rest.Clear();
                    from = at + 1;
                }
            }

            rest.AddRange(buffer.AsSpan(from, count - from));
        }

        return lines;
    }
}
