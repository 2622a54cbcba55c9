using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Alerts;

/// <summary>
/// Takes the oldest alerts away: those that are over, that whoever is to be notified of has been decided for, and that cannot come back as
/// the same. Singleton, called by the writer alone.
/// </summary>
public sealed class AlertPruning(IDbContextFactory<HomelabDbContext> databases, AlertBook book, TimeProvider time)
{
    internal const int KeptClosed = 20_000;
    private const int AtOnce = 500;
    private const int Most = 5_000;
    private const int AfterWritten = 1_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(180);

    /// <summary>With fewer changes it waits this long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly SteadyClock _clock = new(time);
    private int _written = AfterWritten;
    private long _last = time.GetTimestamp();

    /// <summary>So many changes were written.</summary>
    internal void Count(int written) => _written += written;

    /// <summary>Does it, where enough was written since the last time.</summary>
    internal async Task RunAsync()
    {
        if (_written < AfterWritten && (_written == 0 || time.GetElapsedTime(_last) < Rest))
        {
            return;
        }

        (_written, _last) = (0, time.GetTimestamp());

        // By a clock that was just set nothing is too old.
        var before = _clock.IsSteady() ? time.GetUtcNow().UtcDateTime - KeptFor : DateTime.UnixEpoch;
        await using var db = await databases.CreateDbContextAsync();
        var closed = db.Set<Alert>().Where(a => a.State == AlertState.Closed);
        var oldest = await closed.OrderByDescending(a => a.Id).Skip(KeptClosed).Select(a => a.Id).FirstOrDefaultAsync();
        var over = closed.Where(a => a.NotifiedAt != null && (a.Key == null || a.ClosingNotifiedAt != null));
        var old = await over.Where(a => a.Id <= oldest || a.ClosedAt < before || (a.Key == null && a.CreatedAt < before))
            .OrderBy(a => a.Id).Select(a => a.Id).Take(Most).ToListAsync();
        var known = book.KnownIds();
        foreach (var part in old.Where(id => !known.Contains(id)).Chunk(AtOnce).Select(ids => ids.ToList()))
        {
            await over.Where(a => part.Contains(a.Id)).ExecuteDeleteAsync();
        }

        if (old.Count == Most)
        {
            _written = AfterWritten;
        }
    }
}
