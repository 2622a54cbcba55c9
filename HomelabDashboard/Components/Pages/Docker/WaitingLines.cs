using System.Globalization;
using System.Text;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Components.Pages.Docker;

/// <summary>Lines of a log that the page has not taken in yet; of too many the oldest go, and it is said how many. For several threads.</summary>
internal sealed class WaitingLines
{
    private const int Most = 2_000;
    private const int MostCharacters = 1_000_000;

    private readonly Queue<LogLine> _lines = new();
    private readonly Lock _gate = new();
    private int _characters;
    private long _skipped;

    /// <summary>Who can wait had better.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _lines.Count >= Most || _characters >= MostCharacters;
            }
        }
    }

    public void Add(IReadOnlyList<LogLine> lines)
    {
        lock (_gate)
        {
            foreach (var line in lines)
            {
                _lines.Enqueue(line);
                _characters += line.Text.Length;
            }

            while (_lines.Count > Most * 2 || _characters > MostCharacters * 2)
            {
                _characters -= _lines.Dequeue().Text.Length;
                _skipped++;
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _lines.Clear();
            _characters = 0;
            _skipped = 0;
        }
    }

    /// <summary>All of them, as a terminal draws them; null where there are none.</summary>
    /// <param name="toLocal">Makes the times that stand before the lines; null: none stand there.</param>
    public string? Take(Func<DateTime, DateTime>? toLocal)
    {
        LogLine[] lines;
        long skipped;
        lock (_gate)
        {
            if (_lines.Count == 0)
            {
                return null;
            }

            (lines, skipped, _skipped, _characters) = ([.. _lines], _skipped, 0, 0);
            _lines.Clear();
        }

        var text = new StringBuilder(lines.Length * 100);
        if (skipped > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\u001b[2m… {Format.Count(skipped)} lines came too fast to be shown; the download has them …\u001b[0m\n");
        }

        foreach (var line in lines)
        {
            if (toLocal is not null && line.At is { } at)
            {
                text.Append(CultureInfo.InvariantCulture, $"\u001b[90m{toLocal(at):yyyy-MM-dd HH:mm:ss.fff}\u001b[0m ");
            }

            text.Append(LogText.Coloured(line.Text)).Append('\n');
        }

        return text.ToString();
    }
}
