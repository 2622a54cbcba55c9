using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace HomelabDashboard.Infrastructure.Live;

/// <summary>
/// The present state of many things, by key, and the changes as they happen. A watcher that is slow gets fewer, larger
/// batches with the last value of each key: what waits for it is bounded by the number of keys, and nothing last is lost.
/// </summary>
/// <typeparam name="TValue">Immutable: it is handed to many threads.</typeparam>
public sealed class LiveStore<TKey, TValue>(TimeProvider time)
    where TKey : notnull
    where TValue : class
{
    /// <summary>No watcher gets batches faster than this.</summary>
    public static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TKey, TValue> _values = new();
    private readonly Lock _gate = new();
    private readonly List<Watcher> _watchers = [];

    public TValue? Get(TKey key) => _values.GetValueOrDefault(key);

    public IReadOnlyDictionary<TKey, TValue> Snapshot() => _values;

    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            _values[key] = value;
            Touch(key);
        }
    }

    /// <summary>Replaces the value of a key in one step; <paramref name="change"/> gets null where there is none and may be called once only.</summary>
    public TValue Update(TKey key, Func<TValue?, TValue> change)
    {
        lock (_gate)
        {
            var value = change(_values.GetValueOrDefault(key));
            _values[key] = value;
            Touch(key);
            return value;
        }
    }

    public void Remove(TKey key)
    {
        lock (_gate)
        {
            if (_values.TryRemove(key, out _))
            {
                Touch(key);
            }
        }
    }

    /// <summary>
    /// Changes from now on, in batches of key and present value (null: gone). The registration is made at the call of
    /// <c>MoveNextAsync</c>; the first batch is everything that is there, so no change can fall between.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<KeyValuePair<TKey, TValue?>>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new Watcher();
        lock (_gate)
        {
            watcher.Dirty.UnionWith(_values.Keys);
            watcher.Signal.TrySetResult();
            _watchers.Add(watcher);
        }

        try
        {
            while (true)
            {
                await watcher.Signal.Task.WaitAsync(cancellationToken);
                List<KeyValuePair<TKey, TValue?>> batch;
                lock (_gate)
                {
                    batch = [.. watcher.Dirty.Select(k => KeyValuePair.Create(k, _values.GetValueOrDefault(k)))];
                    watcher.Dirty.Clear();
                    watcher.Signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                yield return batch;
                await Task.Delay(BatchInterval, time, cancellationToken);
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    private void Touch(TKey key)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dirty.Add(key);
            watcher.Signal.TrySetResult();
        }
    }

    private sealed class Watcher
    {
        public HashSet<TKey> Dirty { get; } = [];

        public TaskCompletionSource Signal { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
