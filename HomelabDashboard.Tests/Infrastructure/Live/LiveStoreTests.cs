using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Tests.Infrastructure.Live;

public sealed class LiveStoreTests : IDisposable
{
    private readonly LiveStore<string, string> _store = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(20));

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_watcher_first_gets_all_that_is_there_and_then_what_changes()
    {
        _store.Set("a", "1");
        await using var watch = _store.WatchAsync(_stop.Token).GetAsyncEnumerator();
        Assert.Equal([new("a", "1")], await NextAsync(watch));
        _store.Set("b", "2");
        Assert.Equal([new("b", "2")], await NextAsync(watch));
        _store.Remove("a");
        Assert.Equal([new("a", null)], await NextAsync(watch));
    }

    [Fact]
    public async Task A_slow_watcher_gets_the_last_value_of_each_key_and_nothing_piles_up()
    {
        await using var watch = _store.WatchAsync(_stop.Token).GetAsyncEnumerator();
        Assert.Empty(await NextAsync(watch));
        for (var i = 0; i <= 100_000; i++)
        {
            _store.Set(i % 2 == 0 ? "even" : "odd", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var batch = await NextAsync(watch);
        Assert.Equal(2, batch.Count);
        Assert.Contains(new("even", "100000"), batch);
        Assert.Contains(new("odd", "99999"), batch);
    }

    [Fact]
    public async Task Changes_from_many_threads_all_arrive_as_their_last_value()
    {
        await using var watch = _store.WatchAsync(_stop.Token).GetAsyncEnumerator();
        var seen = new Dictionary<string, string?>(StringComparer.Ordinal);
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(() =>
        {
            for (var i = 0; i <= 2_000; i++)
            {
                _store.Set($"k{w}", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        })));
        while (!(writers.IsCompleted && seen.Count == 8 && seen.Values.All(v => v == "2000")))
        {
            foreach (var (key, value) in await NextAsync(watch))
            {
                seen[key] = value;
            }
        }
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        await using var watch = _store.WatchAsync(stop.Token).GetAsyncEnumerator();
        await NextAsync(watch);
        var next = watch.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private static async Task<IReadOnlyList<KeyValuePair<string, string?>>> NextAsync(IAsyncEnumerator<IReadOnlyList<KeyValuePair<string, string?>>> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }
}
