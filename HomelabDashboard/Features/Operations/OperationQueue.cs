using System.Collections.Concurrent;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Operations;

/// <summary>
/// Takes operations in, answers at once and does them, with fair shares by host: see <see cref="FairShares{T}"/>. What is
/// about no host waits with its own kind alone, which has as many places as it may use at once. Singleton.
/// </summary>
public sealed partial class OperationQueue(
    OperationRows rows,
    IEnumerable<IOperationHandler> handlers,
    LiveStore<string, OperationRecord> live,
    OperationOutputs outputs,
    TimeProvider time,
    ILogger<OperationQueue> logger) : BackgroundService
{
    internal const int EachHost = 4;
    internal const int Shared = 16;

    private readonly Dictionary<string, IOperationHandler> _handlers = handlers.ToDictionary(h => h.Kind, StringComparer.Ordinal);
    private readonly FairShares<Waiting> _waiting = new(EachHost, Shared);
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();
    private readonly ConcurrentDictionary<string, Task> _work = new();

    /// <summary>What waits or is worked on here.</summary>
    private readonly ConcurrentDictionary<string, bool> _taken = new();

    /// <summary>What is worked on, and counts for how many of its kind may run.</summary>
    private readonly List<OperationRecord> _begun = [];

    /// <summary>Null until the work may begin.</summary>
    private CancellationToken? _stopping;

    /// <summary>The ids are version 7 UUIDs, so their order is the order of creation.</summary>
    public string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>
    /// Writes a pending row and hands it on. What can wait is bounded by the database: one open row for each target and kind.
    /// </summary>
    /// <param name="id">From <see cref="NewId"/>, for a room that has written a row of its own under it; null: a new one.</param>
    /// <param name="retryOf">The one that this does again.</param>
    /// <returns><c>OPERATION_OPEN</c> while one is open for the same target and kind; with its id.</returns>
    public async Task<Result<OperationRecord>> EnqueueAsync(
        string kind, string target, string? hostId, string requestedBy, CancellationToken cancellationToken, string? id = null, string? retryOf = null)
    {
        var added = await rows.AddAsync(id ?? NewId(), kind, target, hostId, requestedBy, retryOf, cancellationToken);
        if (added.Succeeded)
        {
            Wait(added.Value, Acting.Now);
            Begin();
        }

        return added;
    }

    /// <summary>The scope that is needed to have a failed one of this kind done again; null where it cannot be.</summary>
    public string? RetryScopeOf(string kind) => _handlers.GetValueOrDefault(kind)?.RetryScope;

    /// <summary>Asks for the same again: a new row, that names the one before it.</summary>
    /// <returns><c>OPERATION_OPEN</c>, as of <see cref="EnqueueAsync"/>.</returns>
    internal Task<Result<OperationRecord>> RetryAsync(OperationRecord ended, string requestedBy, CancellationToken cancellationToken) =>
        EnqueueAsync(ended.Kind, ended.Target, ended.HostId, requestedBy, cancellationToken, retryOf: ended.Id);

    /// <summary>Whether it has to wait for others to end before it begins.</summary>
    internal bool Waits(string id) => _taken.ContainsKey(id) && !_work.ContainsKey(id);

    /// <summary>Comes when the work on it here is over and its end written; at once where nobody works on it.</summary>
    internal Task WhenEndedAsync(string id) => _work.GetValueOrDefault(id) ?? Task.CompletedTask;

    /// <summary>Asks a running or waiting operation to end; it ends as failed with "cancelled".</summary>
    /// <param name="by">Whoever asks.</param>
    /// <returns>Whether it was still open.</returns>
    public async Task<bool> CancelAsync(string id, string by, CancellationToken cancellationToken)
    {
        if (!await CancelWorkAsync(id) && await rows.EndAsync(id, OperationRecord.Cancelled, null, cancellationToken) is null)
        {
            return false;
        }

        if (live.Get(id) is { } record)
        {
            await rows.LogCancelAsync(record, by);
        }

        return true;
    }

    /// <summary>Writes the end that somebody else has seen, and ends what may be done of it here.</summary>
    /// <param name="error">Null: it succeeded.</param>
    /// <returns>False when it had ended already: then nothing was changed.</returns>
    internal async Task<bool> EndReportedAsync(string id, string? error, DateTime completedAt, CancellationToken cancellationToken)
    {
        if (await rows.EndAsync(id, error, completedAt, cancellationToken) is null)
        {
            return false;
        }

        await CancelWorkAsync(id);
        return true;
    }

    /// <summary>Takes up what an earlier run left before anything new can come: a row that is new would be taken for one of those.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var pending in await rows.RecoverAsync(cancellationToken))
        {
            Wait(pending, asker: null);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lock (_gate)
        {
            _stopping = stoppingToken;
        }

        Begin();
        try
        {
            await SweepAsync(stoppingToken);
        }
        finally
        {
            await Task.WhenAll(_work.Values);
        }
    }

    private void Wait(OperationRecord record, Acting? asker)
    {
        live.Set(record.Id, record);
        _taken[record.Id] = true;
        lock (_gate)
        {
            _waiting.Add(LaneOf(record), new(record, asker), record.HostId is null ? _handlers[record.Kind].AtOnce : null);
        }
    }

    private bool MayRun(OperationRecord record)
    {
        if (_handlers[record.Kind].AtOnce is not { } most)
        {
            return true;
        }

        var ofKind = _begun.Count(b => b.Kind == record.Kind);
        var ofHost = record.HostId is null ? 0 : _begun.Count(b => b.Kind == record.Kind && b.HostId == record.HostId);
        return ofKind < (ofHost > 0 ? most - 1 : most);
    }

    private static string LaneOf(OperationRecord record) => record.HostId ?? "kind:" + record.Kind;

    /// <summary>Starts all that may run now, none of it in the name of whoever has this called.</summary>
    private void Begin()
    {
        using var nobodys = ExecutionContext.SuppressFlow();
        while (true)
        {
            Waiting? next;
            Task work;
            lock (_gate)
            {
                if (_stopping is not { IsCancellationRequested: false } stopping || !_waiting.TryTake(w => MayRun(w.Record), out var lane, out next))
                {
                    return;
                }

                _begun.Add(next.Record);

                // On a thread of its own: a handler may work a while before it first waits.
                _work[next.Record.Id] = work = Task.Run(() => WorkAsync(lane, next, stopping), CancellationToken.None);
            }

            _ = work.ContinueWith(_ => _work.TryRemove(next.Record.Id, out var _), TaskScheduler.Default);
        }
    }

    private async Task WorkAsync(string lane, Waiting waiting, CancellationToken stopping)
    {
        var record = waiting.Record;
        using var acting = Acting.BeginFor(time, waiting.Asker);
        try
        {
            await RunAsync(record, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            LogFault(logger, record.Kind, record.Target, fault);
        }
        finally
        {
            _taken.TryRemove(record.Id, out _);
            lock (_gate)
            {
                _begun.Remove(record);
                _waiting.End(lane);
            }

            Begin();
        }
    }

    private async Task RunAsync(OperationRecord pending, CancellationToken stopping)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _running[pending.Id] = cancel;
        try
        {
            if (await rows.StartAsync(pending.Id, stopping) is not { } running)
            {
                return;
            }

            string? error;
            try
            {
                error = await _handlers[running.Kind].RunAsync(running, (progress, message) => Show(running.Id, progress, message), cancel.Token);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                error = stopping.IsCancellationRequested ? OperationRecord.Interrupted : OperationRecord.Cancelled;
            }
            catch (Exception fault)
            {
                LogFault(logger, running.Kind, running.Target, fault);
                error = "This failed through a fault of the dashboard's; its log says more.";
            }

            await rows.EndAsync(running.Id, error, null, CancellationToken.None);
            outputs.Forget(running.Id);
        }
        finally
        {
            _running.TryRemove(pending.Id, out _);
        }
    }

    private void Show(string id, double? progress, string message)
    {
        if (live.Get(id) is { IsOpen: true } seen)
        {
            live.Update(id, now => now is null or { IsOpen: true } ? (now ?? seen) with { Progress = progress, Message = message } : now);
        }
    }

    private async Task<bool> CancelWorkAsync(string id)
    {
        if (live.Get(id) is { } record)
        {
            lock (_gate)
            {
                if (_waiting.Remove(LaneOf(record), w => w.Record.Id == id))
                {
                    _taken.TryRemove(id, out _);
                    return false;
                }
            }
        }

        if (!_running.TryGetValue(id, out var running))
        {
            return false;
        }

        try
        {
            await running.CancelAsync();
            return true;
        }
        catch (ObjectDisposedException)
        {
            // It ended in this moment.
            return false;
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(OperationRows.SweepEvery, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await rows.SweepAsync(_taken.ContainsKey, stopping);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                LogFault(logger, "sweep", "operations", fault);
            }
        }
    }

    /// <param name="Asker">Who asked for it and from where, as far as that is known.</param>
    private sealed record Waiting(OperationRecord Record, Acting? Asker);

    [LoggerMessage(1101, LogLevel.Error, "The operation {Kind} on {Target} ended by an exception.")]
    private static partial void LogFault(ILogger logger, string kind, string target, Exception fault);
}
