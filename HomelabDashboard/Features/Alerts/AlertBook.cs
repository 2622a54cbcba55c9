using System.Threading.Channels;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Alerts;

/// <summary>
/// The one place where alerts are opened and closed. A trouble is opened once by its key and grows while it is said again; it is closed
/// by its key. What changed waits here for <see cref="AlertWriter"/>, each alert once however often it changed. Singleton.
/// </summary>
public sealed class AlertBook(TimeProvider time)
{
    internal const int MostWaiting = 50_000;

    /// <summary>What comes back within this time is the same trouble, not a new one.</summary>
    internal static readonly TimeSpan Rejoin = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, AlertEntry> _known = new(StringComparer.Ordinal);
    private readonly Queue<AlertEntry> _waiting = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int _folded;
    private int _version;

    /// <summary>After an alert was written to the table or a person changed it there; true: it is new in it. Nothing may throw.</summary>
    public event Action<AlertRecord, bool>? Written;

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

    /// <summary>Something waits; ends after <see cref="End"/>.</summary>
    internal ChannelReader<bool> Signal => _signal.Reader;

    /// <summary>Says that there is trouble, and returns at once: opens it, or counts once more that it is there.</summary>
    /// <param name="key">What it is known by, at most 200 characters, such as <c>rule:3:host:abc</c>.</param>
    /// <param name="signal">The newest words about it.</param>
    public void Raise(string key, AlertSignal signal)
    {
        if (key.Length > AlertSignal.LongestKey)
        {
            throw new ArgumentException("The key is too long.", nameof(key));
        }

        signal = signal.Cut();
        lock (_gate)
        {
            var now = time.GetUtcNow().UtcDateTime;
            if (_known.TryGetValue(key, out var entry) && (entry.Row.State == AlertState.Open || time.GetElapsedTime(entry.ClosedTimestamp) < Rejoin))
            {
                entry.Row.Count++;
                (entry.Row.State, entry.Row.ClosedAt) = (AlertState.Open, null);
                Describe(entry, signal, now);
            }
            else if (TryAdd(signal, now) is { } added)
            {
                (added.Row.Key, added.Row.State) = (key, AlertState.Open);
                _known[key] = added;
            }
        }
    }

    /// <summary>Gives an open trouble its newest words; it is the same trouble and is not counted again. Nothing happens when there is none of that key.</summary>
    public void Refresh(string key, AlertSignal signal)
    {
        signal = signal.Cut();
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var entry) && entry.Row.State == AlertState.Open)
            {
                Describe(entry, signal, time.GetUtcNow().UtcDateTime);
            }
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
        signal = signal.Cut();
        lock (_gate)
        {
            TryAdd(signal, time.GetUtcNow().UtcDateTime);
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

    internal bool IsOpen(string key) => OpenSince(key) is not null;

    /// <returns>When the open trouble of this key was first said; null where there is none.</returns>
    internal DateTime? OpenSince(string key)
    {
        lock (_gate)
        {
            return _known.TryGetValue(key, out var entry) && entry.Row.State == AlertState.Open ? entry.Row.CreatedAt : null;
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

    /// <summary>Has people notified once more of a trouble that goes on and that nobody has acknowledged.</summary>
    internal void TellAgain(string key)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var entry) && entry.Row is { State: AlertState.Open, AcknowledgedAt: null })
            {
                (entry.Row.NotifyAfter, entry.ToTell) = (time.GetUtcNow().UtcDateTime, true);
                Wait(entry);
            }
        }
    }

    /// <summary>
    /// To be asked before it is told that a trouble is over: if it is, for long enough that what comes back later is a new one.
    /// </summary>
    internal bool EndsForGood(string key, long id)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out var entry) || entry.Row.Id != id)
            {
                return true;
            }

            if (entry.Row.State == AlertState.Open || time.GetElapsedTime(entry.ClosedTimestamp) < Rejoin)
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
        var changed = new List<AlertRecord>();
        lock (_gate)
        {
            foreach (var record in rows)
            {
                if (record.Key is not { } key || !_known.TryGetValue(key, out var entry) || entry.Row.Id != record.Id)
                {
                    changed.Add(record);
                    continue;
                }

                // What was said here and is not in the table yet stays.
                var row = entry.Row;
                var before = (row.ReadAt, row.AcknowledgedAt);
                (row.ReadAt, row.AcknowledgedAt, row.AcknowledgedBy) = (record.ReadAt ?? row.ReadAt, record.AcknowledgedAt ?? row.AcknowledgedAt, record.AcknowledgedBy ?? row.AcknowledgedBy);
                if (before != (row.ReadAt, row.AcknowledgedAt))
                {
                    var now = AlertRecord.Of(row);
                    Show(now);
                    changed.Add(now);
                }
            }

            Changed();
        }

        changed.ForEach(record => Written?.Invoke(record, false));
    }

    /// <summary>Takes in what the program before this one has left: what is open, and what was over a moment ago and may come back.</summary>
    internal void Load(IEnumerable<Alert> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                _known[row.Key!] = new AlertEntry(row) { ClosedTimestamp = time.GetTimestamp() };
                Show(AlertRecord.Of(row));
            }

            Changed();
        }
    }

    /// <summary>The next changes for the table, oldest first; they are not waiting any more.</summary>
    internal List<AlertWrite> Take(int most)
    {
        var batch = new List<AlertWrite>();
        lock (_gate)
        {
            if (_folded > 0 && _waiting.Count < MostWaiting)
            {
                var folded = new AlertSignal(AlertCategory.System, AlertLevel.Error, $"{_folded} alerts came too fast", $"{_folded} alerts came while the database could not be written, and are not in this list.", "alerts");
                _folded = 0;
                TryAdd(folded, time.GetUtcNow().UtcDateTime);
            }

            while (batch.Count < most && _waiting.TryDequeue(out var entry))
            {
                batch.Add(new(entry, entry.Row.Copy(), entry.Seen, entry.ToTell));
                (entry.IsWaiting, entry.Seen, entry.ToTell) = (false, false, false);
            }
        }

        return batch;
    }

    /// <summary>They are in the table now.</summary>
    internal void Wrote(IReadOnlyList<AlertWrite> batch)
    {
        var records = new List<(AlertRecord Record, bool IsNew)>(batch.Count);
        lock (_gate)
        {
            foreach (var (entry, row, _, _) in batch)
            {
                var isNew = entry.Row.Id != row.Id;
                entry.Row.Id = row.Id;
                var record = AlertRecord.Of(entry.Row);
                records.Add((record, isNew));
                if (record.Key is not null)
                {
                    Show(record);
                }
            }

            Forget();
            Changed();
        }

        records.ForEach(r => Written?.Invoke(r.Record, r.IsNew));
    }

    /// <summary>They could not be written and wait again.</summary>
    /// <param name="gone">Those whose row is there no more: they are written anew.</param>
    internal void Failed(IReadOnlyList<AlertWrite> batch, IReadOnlySet<Alert> gone)
    {
        lock (_gate)
        {
            foreach (var (entry, row, seen, toTell) in batch)
            {
                if (gone.Contains(row))
                {
                    entry.Row.Id = 0;
                }

                (entry.Seen, entry.ToTell) = (entry.Seen || seen, entry.ToTell || toTell);
                Wait(entry);
            }
        }
    }

    /// <summary>Rows that others have written are in the table.</summary>
    internal void Found(IReadOnlyList<AlertRecord> rows)
    {
        lock (_gate)
        {
            Changed();
        }

        foreach (var row in rows)
        {
            Written?.Invoke(row, true);
        }
    }

    /// <summary>The ids of those that are open or may come back as the same.</summary>
    internal HashSet<long> KnownIds()
    {
        lock (_gate)
        {
            return [.. _known.Values.Select(e => e.Row.Id)];
        }
    }

    /// <summary>Nothing more comes.</summary>
    internal void End() => _signal.Writer.TryComplete();

    /// <summary>Has the writer come again.</summary>
    internal void Wake() => _signal.Writer.TryWrite(true);

    /// <returns>Null: the table cannot be written, and memory has an end; how many there were is told.</returns>
    private AlertEntry? TryAdd(AlertSignal signal, DateTime now)
    {
        if (_waiting.Count >= MostWaiting)
        {
            _folded++;
            return null;
        }

        var entry = new AlertEntry(Alert.New(signal, now));
        Wait(entry);
        return entry;
    }

    private void Describe(AlertEntry entry, AlertSignal signal, DateTime now)
    {
        // Channels that tell of worse things alone have not told of it yet.
        entry.ToTell |= signal.Level.Weight() > (entry.Row.Level ?? AlertLevel.Info).Weight();
        entry.Row.Describe(signal);
        entry.Row.LastSeenAt = now;
        Wait(entry);
    }

    private void Wait(AlertEntry entry)
    {
        if (!entry.IsWaiting)
        {
            entry.IsWaiting = true;
            _waiting.Enqueue(entry);
            Wake();
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
}
