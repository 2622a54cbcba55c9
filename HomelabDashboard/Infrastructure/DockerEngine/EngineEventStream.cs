using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>The engine's stream of events: a JSON object a line.</summary>
internal static class EngineEventStream
{
    private const int LargestEvent = 1024 * 1024;

    /// <exception cref="EngineException">An event is no JSON, or larger than 1 MiB.</exception>
    public static async IAsyncEnumerable<EngineEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    if (Parse(buffer.Slice(0, end)) is { } happened)
                    {
                        yield return happened;
                    }

                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (buffer.Length > LargestEvent)
                {
                    throw new EngineException("The engine sent an event of an impossible size.");
                }

                if (result.IsCompleted)
                {
                    yield break;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static EngineEvent? Parse(ReadOnlySequence<byte> line)
    {
        var json = new Utf8JsonReader(line);
        try
        {
            return line.IsEmpty ? null : JsonSerializer.Deserialize<EngineEvent>(ref json, EngineClient.Json);
        }
        catch (JsonException wrong)
        {
            throw new EngineException("The engine sent an event that could not be read.", null, wrong);
        }
    }
}
