using HomelabDashboard.Infrastructure.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HomelabDashboard.Components.Shared;

/// <summary>A component that shows live data: it owns its watches, their cancellation and their end.</summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _watches = [];
    private Func<Task>? _load;
    private Task _loading = Task.CompletedTask;

    protected LiveComponent() => Stopping = _stop.Token;

    /// <summary>Ends when the component is taken off the page.</summary>
    protected CancellationToken Stopping { get; }

    /// <summary>
    /// Follows a store until the component goes: <paramref name="apply"/> gets each batch on the component's own context
    /// and answers whether the page shows something else now.
    /// </summary>
    protected void Watch<TKey, TValue>(LiveStore<TKey, TValue> store, Func<IReadOnlyList<KeyValuePair<TKey, TValue?>>, bool> apply)
        where TKey : notnull
        where TValue : class =>
        _watches.Add(RunAsync(store, apply));

    /// <summary>
    /// Has something read that nobody waits for, such as what a change in a store calls for; on the component's own context, and
    /// called from there. One is read at a time: of what is asked for meanwhile, the last comes after it. A fault reaches the page's error boundary.
    /// </summary>
    protected void Reload(Func<Task> load)
    {
        _load = load;
        if (_loading.IsCompleted)
        {
            _loading = LoadAsync();
        }
    }

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
        await Task.WhenAll([.. _watches, _loading]);
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
            await foreach (var batch in store.WatchAsync(Stopping))
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
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            while (_load is { } load && !_stop.IsCancellationRequested)
            {
                _load = null;
                await load();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    private async Task TickAsync(TimeProvider time, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(Stopping))
            {
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
