using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Events;

/// <summary>
/// The changes of everything that is live, in one row: those of the last ten minutes, unless there are too many of them. A reader has
/// its place in that row and nothing else, so one who is slow costs no memory. Singleton.
/// </summary>
public sealed class EventFeed : BackgroundService
{
    internal const int Kept = 20_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();

    /// <summary>Each at the place of its id, so that any of them is found at once.</summary>
    private readonly LiveEvent?[] _events = new LiveEvent?[Kept];
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private readonly AlertBook _inbox;
    private readonly List<Func<CancellationToken, Task>> _sources;
    private TaskCompletionSource _more = New();
    private long _first;
    private long _last;

    public EventFeed(
        LiveStore<string, HostSummary> hosts, DockerBoard docker, DockerAlerts dockerAlerts, AlertBook inbox, LiveStore<string, OperationRecord> operations,
        LiveStore<string, ScheduleRecord> schedules, LiveStore<string, RunRecord> runs, TimeProvider time)
    {
        (_time, _inbox) = (time, inbox);
        _started = time.GetUtcNow();

        // A place of the program before this one is always lower.
        _last = _started.ToUnixTimeMilliseconds() * 1000;
        _first = _last + 1;
        _sources =
        [
            stop => FollowAsync(hosts, "host.changed", Scopes.HostsRead, null, stop),
            stop => FollowAsync(docker.Containers, "container.changed", Scopes.DockerRead, null, stop),
            stop => FollowAsync(operations, "operation.changed", Scopes.OperationsRead, null, stop),
            stop => FollowAsync(dockerAlerts.Live, "docker_alert.changed", Scopes.AlertsRead, alert => alert.OpenedAt >= _started.UtcDateTime ? "docker_alert.created" : null, stop),
            stop => FollowAsync(schedules, "schedule.changed", Scopes.SchedulesRead, null, stop),
            stop => FollowAsync(runs, "task.changed", Scopes.PlaybooksRead, null, stop),
        ];
    }

    /// <summary>The id of the newest event: the place of one who has seen all.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>What came after a place, oldest first.</summary>
    /// <param name="place">The id of the last event that the reader has.</param>
    /// <param name="most">At most this many.</param>
    /// <param name="more">Ends when there is something newer than all that is there now.</param>
    /// <returns>Null: the place is too old, or was never one; what came since is not known any more.</returns>
    public IReadOnlyList<LiveEvent>? After(long place, int most, out Task more)
    {
        lock (_gate)
        {
            more = _more.Task;
            if (place < _first - 1 || place > _last)
            {
                return null;
            }

            var found = new LiveEvent[(int)Math.Min(most, _last - place)];
            for (var i = 0; i < found.Length; i++)
            {
                found[i] = _events[(place + 1 + i) % Kept]!;
            }

            return found;
        }
    }

    internal void Add(string name, string scope, object data, int? userId = null)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            _last++;
            _events[_last % Kept] = new(_last, now, name, scope, data, userId);
            _first = Math.Max(_first, _last - Kept + 1);
            while (_events[_first % Kept]!.At < now - KeptFor)
            {
                _events[_first++ % Kept] = null;
            }

            _more.SetResult();
            _more = New();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _inbox.Written += OnAlert;
        try
        {
            await Task.WhenAll(_sources.Select(follow => follow(stoppingToken)));
        }
        finally
        {
            _inbox.Written -= OnAlert;
        }
    }

    private void OnAlert(AlertRecord alert, bool isNew) => Add(isNew ? "alert.created" : "alert.changed", Scopes.AlertsRead, alert, alert.UserId);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task FollowAsync<TKey, TValue>(LiveStore<TKey, TValue> store, string changed, string scope, Func<TValue, string?>? firstSeen, CancellationToken stopping)
        where TKey : notnull
        where TValue : class
    {
        var known = new HashSet<TKey>();
        var baseline = true;
        try
        {
            await foreach (var batch in store.WatchAsync(stopping))
            {
                foreach (var (key, value) in batch)
                {
                    var isNew = value is null ? !known.Remove(key) : known.Add(key);
                    if (!baseline && !(value is null && isNew))
                    {
                        var name = isNew && value is not null ? firstSeen?.Invoke(value) ?? changed : changed;
                        Add(name, scope, value ?? (object)new GoneThing(key));
                    }
                }

                // The first batch is what was there already, if there was anything.
                baseline = false;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }
}
