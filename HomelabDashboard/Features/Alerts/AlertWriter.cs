using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Alerts;

/// <summary>
/// Puts into the table what changed in the book, in batches, so that thousands a minute cost a few writes, and tells the book of rows that
/// other rooms have written with their own. Singleton.
/// </summary>
public sealed partial class AlertWriter(
    IDbContextFactory<HomelabDbContext> databases, AlertBook book, AlertPruning pruning, TimeProvider time, ILogger<AlertWriter> logger) : BackgroundService
{
    private const int LargestBatch = 500;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(3);

    /// <summary>Rows that other rooms write are seen this soon.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>What the book owns: what people and the notifications write stays as it is.</summary>
    private static readonly string[] Owned =
    [
        nameof(Alert.Level), nameof(Alert.Title), nameof(Alert.Message), nameof(Alert.Details), nameof(Alert.Href), nameof(Alert.Action),
        nameof(Alert.ActionHref), nameof(Alert.State), nameof(Alert.Count), nameof(Alert.LastSeenAt), nameof(Alert.ClosedAt),
    ];

    /// <summary>The ids of rows of the book's own above <see cref="_seen"/>.</summary>
    private readonly HashSet<long> _own = [];
    private Task<bool>? _signalled;

    /// <summary>The id up to which all rows were looked at.</summary>
    private long _seen;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var mayComeBack = time.GetUtcNow().UtcDateTime - AlertBook.Rejoin;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        book.Load(await db.Set<Alert>().AsNoTracking()
            .Where(a => a.Key != null && (a.State == AlertState.Open || (a.ClosingNotifiedAt == null && a.ClosedAt > mayComeBack)))
            .OrderBy(a => a.State == AlertState.Open).ThenBy(a => a.Id).ToListAsync(cancellationToken));
        _seen = await db.Set<Alert>().MaxAsync(a => (long?)a.Id, cancellationToken) ?? 0;
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken in is written before the end.
        book.End();
        if (ExecuteTask is { } writing)
        {
            await Task.WhenAny(writing, Task.Delay(LongestEnd, time, CancellationToken.None));
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var open = true;
        while (open)
        {
            open = await SignalAsync();
            try
            {
                await WriteAsync();
                await LookAsync();
                await pruning.RunAsync();
            }
            catch (Exception fault)
            {
                LogFailed(logger, book.Waiting, fault);
                if (open)
                {
                    await Task.Delay(RetryAfter, time, CancellationToken.None);
                    book.Wake();
                }
            }
        }
    }

    /// <returns>False: the end has come.</returns>
    private async Task<bool> SignalAsync()
    {
        using var enough = new CancellationTokenSource();
        _signalled ??= book.Signal.WaitToReadAsync(CancellationToken.None).AsTask();
        var first = await Task.WhenAny(_signalled, Task.Delay(LookEvery, time, enough.Token));
        await enough.CancelAsync();
        if (first != _signalled)
        {
            return true;
        }

        var more = await _signalled;
        _signalled = null;
        return more && book.Signal.TryRead(out _);
    }

    private async Task WriteAsync()
    {
        while (book.Take(LargestBatch) is { Count: > 0 } batch)
        {
            try
            {
                await SaveAsync(batch);
            }
            catch (Exception fault)
            {
                book.Failed(batch, fault is DbUpdateConcurrencyException { Entries: var gone } ? gone.Select(e => e.Entity).OfType<Alert>().ToHashSet() : []);
                throw;
            }

            _own.UnionWith(batch.Select(b => b.Row.Id).Where(id => id > _seen));
            book.Wrote(batch);
            pruning.Count(batch.Count);
        }
    }

    private async Task SaveAsync(List<AlertWrite> batch)
    {
        await using var db = await databases.CreateDbContextAsync();
        foreach (var (_, row, seen, toTell) in batch)
        {
            if (row.Id == 0)
            {
                db.Add(row);
                continue;
            }

            var at = db.Attach(row);
            foreach (var name in Owned)
            {
                at.Property(name).IsModified = true;
            }

            if (seen)
            {
                at.Property(nameof(Alert.AcknowledgedAt)).IsModified = at.Property(nameof(Alert.AcknowledgedBy)).IsModified = true;
            }

            if (toTell)
            {
                at.Property(nameof(Alert.NotifiedAt)).IsModified = at.Property(nameof(Alert.NotifyAfter)).IsModified = true;
            }
        }

        await db.SaveChangesAsync();
    }

    /// <summary>Sees rows that others have written.</summary>
    private async Task LookAsync()
    {
        await using var db = await databases.CreateDbContextAsync();
        while (true)
        {
            var rows = await db.Set<Alert>().AsNoTracking().Where(a => a.Id > _seen).OrderBy(a => a.Id).Take(LargestBatch).Select(AlertRecord.FromRow).ToListAsync();
            if (rows.Count == 0)
            {
                // What is not there any more was taken away meanwhile.
                _own.Clear();
                return;
            }

            _seen = rows[^1].Id;
            if (rows.Where(r => !_own.Remove(r.Id)).ToList() is { Count: > 0 } others)
            {
                book.Found(others);
                pruning.Count(others.Count);
            }
        }
    }

    [LoggerMessage(1801, LogLevel.Error, "{Count} changes of alerts could not be written and are tried again.")]
    private static partial void LogFailed(ILogger logger, int count, Exception fault);
}
