using System.Diagnostics.CodeAnalysis;
using HomelabDashboard.Infrastructure.Ttyd;

namespace HomelabDashboard.Features.Terminals;

/// <summary>Gives the PTY the size of the smallest visible window, one change after the other.</summary>
/// <param name="wanted">Null: nobody is looking, and it stays as it is.</param>
/// <param name="changed">Gets the size that what the shell puts out from now on is meant for.</param>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore holds nothing of the system's, and a client that leaves late may still use it.")]
internal sealed class PtySize(TtydConnection ttyd, TimeProvider time, Func<(int Columns, int Rows)?> wanted, Action<int, int> changed)
{
    /// <summary>Before anybody has looked.</summary>
    public static readonly (int Columns, int Rows) Initial = (80, 24);

    private static readonly TimeSpan RedrawPause = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (int Columns, int Rows) _now = Initial;
    private int _waiting;

    /// <param name="redraw">Changes it in any case, so that a full-screen program draws itself anew.</param>
    public async Task FitAsync(bool redraw)
    {
        // One that waits will see the newest size too: a storm of changes comes down to the first and the last.
        if (!redraw && Interlocked.CompareExchange(ref _waiting, 1, 0) != 0)
        {
            return;
        }

        await _turn.WaitAsync();
        if (!redraw)
        {
            Volatile.Write(ref _waiting, 0);
        }

        try
        {
            var size = wanted() is var (columns, rows)
                ? (Columns: Math.Min(columns, TtydConnection.MaxColumnsOrRows), Rows: Math.Min(rows, TtydConnection.MaxColumnsOrRows))
                : _now;
            if (redraw)
            {
                // ssh passes on the size of the moment, so the two changes must not come as one.
                await ttyd.ResizeAsync(size.Columns, size.Rows + 1);
                await Task.Delay(RedrawPause, time);
            }

            if (redraw || size != _now)
            {
                await ttyd.ResizeAsync(size.Columns, size.Rows);
                _now = size;
                changed(size.Columns, size.Rows);
            }
        }
        catch (TtydException)
        {
            // It is ending; the reading side says so.
        }
        finally
        {
            _turn.Release();
        }
    }
}
