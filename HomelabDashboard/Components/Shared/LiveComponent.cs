using HomelabDashboard.Infrastructure.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HomelabDashboard.Components.Shared;

/// <summary>A component that shows live data: it owns its watches, their cancellation and their end.</summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _watches = [];

    /// <summary>Ends when the component is taken off the page.</summary>
    protected CancellationToken Stopping => _stop.Token;

    /// <summary>
    /// Follows a store until the component goes: <paramref name="apply"/> gets each batch on the component's own context
    /// and answers whether the page shows something else now.
    /// </summary>
    protected void Watch<TKey, TValue>(LiveStore<TKey, TValue> store, Func<IReadOnlyList<KeyValuePair<TKey, TValue?>>, bool> apply)
        where TKey : notnull
        where TValue : class =>
        _watches.Add(RunAsync(store, apply));

    /// <summary>Renders again each <paramref name="interval"/>, for ages and countdowns.</summary>
    protected void Tick(TimeProvider time, TimeSpan interval) => _watches.Add(TickAsync(time, interval));

    /// <summary>Anything more to end; called once.</summary>
    protected virtual ValueTask OnDisposeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await Task.WhenAll(_watches);
        try
        {
            await OnDisposeAsync();
        }
        catch (JSDisconnectedException)
        {
        }

        _stop.Dispose();
    }

    private async Task RunAsync<TKey, TValue>(LiveStore<TKey, TValue> store, Func<IReadOnlyList<KeyValuePair<TKey, TValue?>>, bool> apply)
        where TKey : notnull
        where TValue : class
    {
        try
        {
            await foreach (var batch in store.WatchAsync(_stop.Token))
            {
                await InvokeAsync(() =>
                {
                    if (!_stop.IsCancellationRequested && apply(batch))
                    {
                        StateHasChanged();
                    }
                });
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task TickAsync(TimeProvider time, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
