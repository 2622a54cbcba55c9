using System.Threading.Channels;
using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Alerts;

/// <summary>
/// The one place where alerts are opened and closed. A trouble is opened once by its key and grows while it is said again; it is closed
/// by its key. One writer puts into the table what changed, in batches, so that thousands a minute cost a few writes. Singleton.
/// </summary>
public sealed partial class AlertBook(IDbContextFactory<HomelabDbContext> databases, TimeProvider time, ILogger<AlertBook> logger) : BackgroundService
{
    internal const int KeptClosed = 20_000;
    internal const int MostWaiting = 50_000;
    private const int LargestBatch = 500;
    private const int PruneEvery = 1_000;
    private const int MostPruned = 5_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(180);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(3);

    /// <summary>What comes back within this time is the same trouble, not a new one.</summary>
    internal static readonly TimeSpan Rejoin = TimeSpan.FromMinutes(10);

    /// <summary>Rows that other rooms write with their own are seen this soon.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _known = new(StringComparer.Ordinal);
    private readonly Queue<Entry> _waiting = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task<bool>? _signalled;
    private int _folded;
    private int _sincePrune = PruneEvery;
    private long _lastId;
    private int _version;

    /// <summary>The troubles that go on, by id; those that are not in the table yet are not in here either.</summary>
    public LiveStore<long, AlertRecord> Live { get; } = new(time);

    /// <summary>Under the one key 0: what changes with each change of any alert.</summary>
    public LiveStore<int, AlertsChange> Changes { get; } = new(time);

    /// <summary>How many changes are not in the table yet.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Says that there is trouble, and returns at once: opens it, or lets the open one grow.</summary>
    /// <param name="key">What it is known by, at most 200 characters, such as <c>rule:3:host:abc</c>.</param>
    /// <param name="signal">The newest words about it.</param>
    public void Raise(string key, AlertSignal signal)
    {
        if (key.Length > AlertSignal.LongestKey)
        {
            throw new ArgumentException("The key is too long.", nameof(key));
        }

        var now = time.GetUtcNow().UtcDateTime;
        signal = signal.Cut();
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var entry) && (entry.Row.State == AlertState.Open || time.GetElapsedTime(entry.ClosedTimestamp) < Rejoin))
            {
                entry.Row.Count++;
                (entry.Row.State, entry.Row.ClosedAt) = (AlertState.Open, null);
                Describe(entry.Row, signal);
                entry.Row.LastSeenAt = now;
                Wait(entry);
                return;
            }

            if (_waiting.Count >= MostWaiting)
            {
                // The table cannot be written, and memory has an end: how many there were is told.
                _folded++;
                return;
            }

            entry = new Entry(NewRow(signal, now));
            (entry.Row.Key, entry.Row.State) = (key, AlertState.Open);
            _known[key] = entry;
            Wait(entry);
        }
    }

    /// <summary>Says that the trouble is over; nothing happens when there is none of that key.</summary>
    public void Close(string key)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var entry) && entry.Row.State == AlertState.Open)
            {
                (entry.Row.State, entry.Row.ClosedAt) = (AlertState.Closed, time.GetUtcNow().UtcDateTime);
                entry.ClosedTimestamp = time.GetTimestamp();
                Wait(entry);
            }
        }
    }

    /// <summary>Puts news into the inbox that is over as soon as it is told.</summary>
    public void Tell(AlertSignal signal)
    {
        lock (_gate)
        {
            if (_waiting.Count >= MostWaiting)
            {
                _folded++;
                return;
            }

            Wait(new Entry(NewRow(signal.Cut(), time.GetUtcNow().UtcDateTime)));
        }
    }

    /// <summary>The keys of the troubles that go on.</summary>
    internal IReadOnlyList<string> OpenKeys(string source)
    {
        lock (_gate)
        {
            return [.. _known.Where(k => k.Value.Row.State == AlertState.Open && k.Value.Row.Source == source).Select(k => k.Key)];
        }
    }

    /// <summary>The titles of the troubles that go on, also of those that are not in the table yet.</summary>
    internal IReadOnlyList<string?> OpenTitles()
    {
        lock (_gate)
        {
            return [.. _known.Values.Where(e => e.Row.State == AlertState.Open).Select(e => e.Row.Title)];
        }
    }

    internal bool IsOpen(string key)
    {
        lock (_gate)
        {
            return _known.TryGetValue(key, out var entry) && entry.Row.State == AlertState.Open;
        }
    }

    /// <summary>Says of an open trouble who has seen it.</summary>
    internal void Acknowledge(string key, string by, DateTime at)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var entry) && entry.Row is { State: AlertState.Open, AcknowledgedAt: null })
            {
                (entry.Row.AcknowledgedAt, entry.Row.AcknowledgedBy, entry.Seen) = (at, by, true);
                Wait(entry);
            }
        }
    }

    /// <returns>Who has seen an open trouble, and when; null where nobody has.</returns>
    internal (string By, DateTime At)? AcknowledgedBy(string key)
    {
        lock (_gate)
        {
            return _known.TryGetValue(key, out var entry) && entry.Row is { State: AlertState.Open, AcknowledgedBy: { } by, AcknowledgedAt: { } at } ? (by, at) : null;
        }
    }

    /// <summary>
    /// To be asked before it is told that a trouble is over: if it is, and stays so in this book, what comes back later is a new one.
    /// </summary>
    internal bool EndsForGood(string key, long id)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out var entry) || entry.Row.Id != id)
            {
                return true;
            }

            if (entry.Row.State == AlertState.Open)
            {
                return false;
            }

            _known.Remove(key);
            return true;
        }
    }

    /// <summary>To be called after what a person did was written to the table, so that what is in memory says the same.</summary>
    internal void Reread(IReadOnlyCollection<AlertRecord> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows.Where(r => r.Key is not null))
            {
                if (_known.TryGetValue(row.Key!, out var entry) && entry.Row.Id == row.Id)
                {
                    (entry.Row.ReadAt, entry.Row.AcknowledgedAt, entry.Row.AcknowledgedBy) = (row.ReadAt, row.AcknowledgedAt, row.AcknowledgedBy);
                    Show(AlertRecord.Of(entry.Row));
                }
            }

            Changed();
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var row in await db.Set<Alert>().AsNoTracking().Where(a => a.State == AlertState.Open && a.Key != null).OrderBy(a => a.Id).ToListAsync(cancellationToken))
        {
            _known[row.Key!] = new Entry(row);
            Live.Set(row.Id, AlertRecord.Of(row));
        }

        _lastId = await db.Set<Alert>().MaxAsync(a => (long?)a.Id, cancellationToken) ?? 0;
        Changed();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken in is written before the end.
        _signal.Writer.TryComplete();
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
            }
            catch (Exception fault)
            {
                LogFailed(logger, Waiting, fault);
                if (open)
                {
                    await Task.Delay(RetryAfter, time, CancellationToken.None);
                    _signal.Writer.TryWrite(true);
                }
            }
        }
    }

    /// <returns>False: the end has come.</returns>
    private async Task<bool> SignalAsync()
    {
        _signalled ??= _signal.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        if (await Task.WhenAny(_signalled, Task.Delay(LookEvery, time, CancellationToken.None)) != _signalled)
        {
            return true;
        }

        var more = await _signalled;
        _signalled = null;
        return more && _signal.Reader.TryRead(out _);
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            var batch = new List<(Entry Entry, Alert Row, bool Seen)>();
            lock (_gate)
            {
                if (_folded > 0 && _waiting.Count < MostWaiting)
                {
                    var folded = new AlertSignal(AlertCategory.System, AlertLevel.Error, $"{_folded} alerts came too fast", $"{_folded} alerts came while the database could not be written, and are not in this list.", "alerts");
                    _folded = 0;
                    Wait(new Entry(NewRow(folded, time.GetUtcNow().UtcDateTime)));
                }

                while (batch.Count < LargestBatch && _waiting.TryDequeue(out var entry))
                {
                    batch.Add((entry, Copy(entry.Row), entry.Seen));
                    (entry.IsWaiting, entry.Seen) = (false, false);
                }
            }

            if (batch.Count == 0)
            {
                return;
            }

            try
            {
                await SaveAsync(batch);
            }
            catch (Exception fault)
            {
                lock (_gate)
                {
                    foreach (var (entry, row, seen) in batch)
                    {
                        // A row that is gone from the table is written anew.
                        if (fault is DbUpdateConcurrencyException { Entries: var gone } && gone.Any(e => e.Entity == row))
                        {
                            entry.Row.Id = 0;
                        }

                        entry.Seen |= seen;
                        Wait(entry);
                    }
                }

                throw;
            }
        }
    }

    private async Task SaveAsync(List<(Entry Entry, Alert Row, bool Seen)> batch)
    {
        await using var db = await databases.CreateDbContextAsync();
        foreach (var (_, row, seen) in batch)
        {
            if (row.Id == 0)
            {
                db.Add(row);
                continue;
            }

            // Only what the book owns: what people and the notifications write stays as it is.
            var at = db.Attach(row);
            foreach (var name in Owned)
            {
                at.Property(name).IsModified = true;
            }

            if (seen)
            {
                at.Property(nameof(Alert.AcknowledgedAt)).IsModified = at.Property(nameof(Alert.AcknowledgedBy)).IsModified = true;
            }
        }

        await db.SaveChangesAsync();
        lock (_gate)
        {
            foreach (var (entry, row, _) in batch)
            {
                entry.Row.Id = row.Id;
                _lastId = Math.Max(_lastId, row.Id);
                if (entry.Row.Key is not null)
                {
                    Show(AlertRecord.Of(entry.Row));
                }
            }

            Forget();
            Changed();
        }

        _sincePrune += batch.Count;
        if (_sincePrune >= PruneEvery)
        {
            _sincePrune = 0;
            await PruneAsync(db);
        }
    }

    private static readonly string[] Owned =
    [
        nameof(Alert.Level), nameof(Alert.Title), nameof(Alert.Message), nameof(Alert.Details), nameof(Alert.Href), nameof(Alert.State), nameof(Alert.Count),
        nameof(Alert.LastSeenAt), nameof(Alert.ClosedAt),
    ];

    /// <summary>Sees rows that others have written.</summary>
    private async Task LookAsync()
    {
        await using var db = await databases.CreateDbContextAsync();
        var last = await db.Set<Alert>().MaxAsync(a => (long?)a.Id) ?? 0;
        if (last > _lastId)
        {
            _lastId = last;
            lock (_gate)
            {
                Changed();
            }
        }
    }

    private async Task PruneAsync(HomelabDbContext db)
    {
        var before = time.GetUtcNow().UtcDateTime - KeptFor;
        var closed = db.Set<Alert>().Where(a => a.State == AlertState.Closed);
        var oldest = await closed.OrderByDescending(a => a.Id).Skip(KeptClosed).Select(a => a.Id).FirstOrDefaultAsync();
        HashSet<long> known;
        lock (_gate)
        {
            // What may come back as the same keeps its row.
            known = [.. _known.Values.Select(e => e.Row.Id)];
        }

        var old = await closed.Where(a => a.Id <= oldest || a.ClosedAt < before || (a.Key == null && a.CreatedAt < before))
            .OrderBy(a => a.Id).Select(a => a.Id).Take(MostPruned).ToListAsync();
        foreach (var part in old.Where(id => !known.Contains(id)).Chunk(LargestBatch).Select(ids => ids.ToList()))
        {
            await closed.Where(a => part.Contains(a.Id)).ExecuteDeleteAsync();
        }
    }

    private void Wait(Entry entry)
    {
        if (!entry.IsWaiting)
        {
            entry.IsWaiting = true;
            _waiting.Enqueue(entry);
            _signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Those that were closed long enough ago not to come back as the same.</summary>
    private void Forget()
    {
        foreach (var (key, entry) in _known)
        {
            if (entry.Row.State == AlertState.Closed && !entry.IsWaiting && time.GetElapsedTime(entry.ClosedTimestamp) >= Rejoin)
            {
                _known.Remove(key);
            }
        }
    }

    private void Show(AlertRecord record)
    {
        if (record.State == AlertState.Open)
        {
            Live.Set(record.Id, record);
        }
        else
        {
            Live.Remove(record.Id);
        }
    }

    private void Changed() => Changes.Set(0, new AlertsChange(++_version));

    private static Alert NewRow(AlertSignal signal, DateTime now)
    {
        var row = new Alert
        {
            Category = signal.Category,
            Message = signal.Message,
            Source = signal.Source,
            UserId = signal.UserId,
            HostId = signal.HostId,
            NotifyAfter = signal.NotifyAfter,
            CreatedAt = now,
            LastSeenAt = now,
        };
        Describe(row, signal);
        return row;
    }

    private static void Describe(Alert row, AlertSignal signal) =>
        (row.Level, row.Title, row.Message, row.Details, row.Href) = (signal.Level, signal.Title, signal.Message, signal.DetailsText(), signal.Href);

    private static Alert Copy(Alert row) => new()
    {
        Id = row.Id,
        UserId = row.UserId,
        Category = row.Category,
        Level = row.Level,
        Title = row.Title,
        Message = row.Message,
        Source = row.Source,
        Details = row.Details,
        ReadAt = row.ReadAt,
        CreatedAt = row.CreatedAt,
        Key = row.Key,
        State = row.State,
        Count = row.Count,
        LastSeenAt = row.LastSeenAt,
        ClosedAt = row.ClosedAt,
        AcknowledgedAt = row.AcknowledgedAt,
        AcknowledgedBy = row.AcknowledgedBy,
        HostId = row.HostId,
        Href = row.Href,
        NotifyAfter = row.NotifyAfter,
    };

    /// <summary>A trouble in memory; its row is written by nobody but under the gate.</summary>
    private sealed class Entry(Alert row)
    {
        public Alert Row { get; } = row;

        public bool IsWaiting { get; set; }

        /// <summary>It was acknowledged here, and that is not in the table yet.</summary>
        public bool Seen { get; set; }

        public long ClosedTimestamp { get; set; }
    }

    [LoggerMessage(1801, LogLevel.Error, "{Count} changes of alerts could not be written and are tried again.")]
    private static partial void LogFailed(ILogger logger, int count, Exception fault);
}
