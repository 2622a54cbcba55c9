using System.Buffers.Binary;
using HomelabDashboard.Data;

namespace HomelabDashboard.Features.Automation;

/// <summary>Writes a run's output and events as they come; one writer a run. When the disk takes no more, the run goes on without.</summary>
internal sealed class RunWriter : IDisposable
{
    internal const int MostEvents = 200_000;
    private const int Buffer = 128 * 1024;
    private static ReadOnlySpan<byte> LineEnd => "\n"u8;

    private readonly FileStream _output;
    private readonly FileStream _index;
    private readonly FileStream _events;
    private readonly long _most;
    private readonly byte[] _mark = new byte[sizeof(long)];
    private readonly Lock _gate = new();
    private long _position;
    private long _lost;

    public RunWriter(RunFiles files, string id, long mostBytes)
    {
        Directory.CreateDirectory(files.Folder(id), DataFolder.OwnerOnly);
        (_output, _index, _events, _most) = (Create(files.Output(id)), Create(files.Index(id)), Create(files.Events(id)), mostBytes);
    }

    /// <summary>Of output, as kept.</summary>
    public long Lines { get; private set; }

    public int Events { get; private set; }

    /// <summary>Whether not every event is kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Why nothing more is kept; null while it is.</summary>
    public string? Fault { get; private set; }

    /// <param name="line">UTF-8 without a line end.</param>
    public void Line(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (Fault is not null || _position > _most)
            {
                _lost++;
                return;
            }

            Try(line, static (writer, line) => writer.Append(line));
        }
    }

    /// <param name="json">One event, without a line end.</param>
    /// <param name="always">It is kept also where it is one too many.</param>
    public void Event(ReadOnlySpan<byte> json, bool always = false)
    {
        lock (_gate)
        {
            if (Fault is not null || (Events >= MostEvents && !always))
            {
                IsCut = true;
                return;
            }

            Try(json, static (writer, json) =>
            {
                writer._events.Write(json);
                writer._events.Write(LineEnd);
                writer.Events++;
            });
        }
    }

    /// <summary>Lets readers see all that was written. The lines go before their places, so that a place is never of a line that is not there.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (Fault is null)
            {
                Try([], static (writer, _) =>
                {
                    writer._output.Flush();
                    writer._index.Flush();
                    writer._events.Flush();
                });
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_lost > 0 && Fault is null)
            {
                var lost = _lost;
                Try(System.Text.Encoding.UTF8.GetBytes($"[{lost} more lines were not kept: the output is longer than {_most / 1024 / 1024} MB.]"), static (writer, line) => writer.Append(line));
            }

            foreach (var file in (FileStream[])[_output, _index, _events])
            {
                try
                {
                    file.Dispose();
                }
                catch (IOException full)
                {
                    Fault ??= full.Message;
                }
            }
        }
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        if (Lines % RunFiles.LinesPerMark == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_mark, _position);
            _index.Write(_mark);
        }

        _output.Write(line);
        _output.Write(LineEnd);
        _position += line.Length + 1;
        Lines++;
    }

    private void Try(ReadOnlySpan<byte> bytes, Write write)
    {
        try
        {
            write(this, bytes);
        }
        catch (IOException full)
        {
            Fault = full.Message;
        }
    }

    private static FileStream Create(string file) => new(file, new FileStreamOptions
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = Buffer,
        UnixCreateMode = DataFolder.FileOwnerOnly,
    });

    private delegate void Write(RunWriter writer, ReadOnlySpan<byte> bytes);
}
