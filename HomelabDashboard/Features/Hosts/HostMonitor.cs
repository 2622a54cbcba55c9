using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ssh;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Hosts;

/// <summary>Keeps every approved host connected, and says of each how it is. Singleton.</summary>
public sealed partial class HostMonitor(
    HostBoard board,
    HostConnections connections,
    SshFolder folder,
    SshConfig config,
    DashboardKeyPair keyPair,
    ProcessLedger ledger,
    IOptions<HostsOptions> options,
    TimeProvider time,
    ILogger<HostMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromMinutes(1);

    /// <summary>A lab that comes back together is let in a few at once; a host that does not answer holds up the others no longer than this.</summary>
    internal const int LoginsAtOnce = 8;
    internal static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly SemaphoreSlim _logins = new(LoginsAtOnce, LoginsAtOnce);
    private readonly Dictionary<string, Link> _links = new(StringComparer.Ordinal);

    /// <summary>The keys that belong to the present state of each host; a link is made anew when its own differs.</summary>
    private IReadOnlyList<SshHostEntry> _entries = [];

    private readonly Lock _stopGate = new();
    private Task? _stop;

    /// <summary>Hosts on the way to which another may be; for a scan of a host's key.</summary>
    internal IReadOnlyList<SshHostEntry> Entries => Volatile.Read(ref _entries);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await keyPair.EnsureAsync(cancellationToken);
        await ApplyAsync(spread: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Takes up what has changed in the rows of hosts; to be called after each change.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken) => ApplyAsync(spread: false, cancellationToken);

    /// <summary>The host gave what it was asked for.</summary>
    public Task AnsweredAsync(string hostId, CancellationToken cancellationToken) =>
        board.SetAsync(hostId, HostStatus.Online, null, seen: true, cancellationToken, only: _ => connections.Live.Get(hostId) is not null);

    /// <summary>The host is connected but something on it is not as it should be.</summary>
    /// <param name="reason">In words for a person.</param>
    public async Task TroubledAsync(string hostId, string reason, CancellationToken cancellationToken)
    {
        await board.SetAsync(
            hostId, HostStatus.Degraded, reason, seen: false, cancellationToken, only: _ => connections.Live.Get(hostId) is not null);
    }

    /// <summary>Ends every connection. Whoever hosts the program in a process of its own may ask twice: both wait for the one end.</summary>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopGate)
        {
            return _stop ??= EndAsync(cancellationToken);
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            await Task.WhenAll(_links.Values.Select(l => l.EndAsync()));
            _links.Clear();
            await board.WriteLastSeenAsync(CancellationToken.None);
        }
        finally
        {
            _changing.Release();
        }
    }

    public override void Dispose()
    {
        _changing.Dispose();
        _logins.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A connected host that nothing is asked of is still seen: ssh would end the connection otherwise.
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        while (await minute.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var hostId in connections.Live.Snapshot().Keys)
            {
                if (board.Live.Get(hostId) is { Reachable: true } host)
                {
                    await Survive(() => board.SetAsync(hostId, host.Status, host.StatusReason, seen: true, stoppingToken, only: now => now.Status == host.Status), hostId, stoppingToken);
                }
            }

            await Survive(() => board.WriteLastSeenAsync(stoppingToken), "*", stoppingToken);
            await Survive(() => EndMaintenanceAsync(stoppingToken), "*", stoppingToken);
        }
    }

    private async Task EndMaintenanceAsync(CancellationToken cancellationToken)
    {
        if (await board.EndMaintenanceAsync(cancellationToken))
        {
            await ChangedAsync(cancellationToken);
        }
    }

    private async Task ApplyAsync(bool spread, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var hosts = await board.ReloadAsync(cancellationToken);
            var entries = hosts.Select(HostBoard.ToEntry).ToList();
            var wanted = hosts.Zip(entries)
                .Where(h => h.Second.HostKey is not null && h.First.Enabled && h.First.Status != HostStatus.KeyChanged)
                .ToDictionary(h => h.Second.Alias, h => h.Second, StringComparer.Ordinal);
            var ended = _links.Values.Where(l => !wanted.TryGetValue(l.Entry.Alias, out var entry) || entry != l.Entry || l.Task.IsCompleted).ToList();
            await Task.WhenAll(ended.Select(l => l.EndAsync()));
            foreach (var link in ended)
            {
                _links.Remove(link.Entry.Alias);
            }

            Volatile.Write(ref _entries, entries);
            await config.WriteAsync(wanted.Values, cancellationToken);
            foreach (var host in hosts.Where(h => h.HostKey is null || !h.Enabled))
            {
                var (status, reason) = host.Enabled ? (HostStatus.Unknown, HostWords.KeyNotApproved) : (HostStatus.Disabled, HostWords.Disabled);
                await board.SetAsync(host.Id, status, reason, seen: false, cancellationToken);
            }

            foreach (var entry in wanted.Values.Where(e => !_links.ContainsKey(e.Alias)))
            {
                await board.SetAsync(entry.Alias, HostStatus.Unknown, HostWords.Connecting, seen: false, cancellationToken);
                var delay = spread ? TimeSpan.FromSeconds(options.Value.StartSpreadSeconds * Random.Shared.NextDouble()) : TimeSpan.Zero;
                _links.Add(entry.Alias, Link.Start(entry, stop => KeepAsync(entry, delay, stop)));
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Connects to a host, again and again, until it is stopped or the host shows another key.</summary>
    private async Task KeepAsync(SshHostEntry entry, TimeSpan delay, CancellationToken stop)
    {
        try
        {
            await Task.Delay(delay, time, stop);
            var backoff = ShortestBackoff;
            while (true)
            {
                var begun = time.GetTimestamp();
                bool? again = null;
                await Survive(async () => again = await ConnectOnceAsync(entry, stop), entry.Alias, stop);
                if (again is null)
                {
                    await Survive(
                        () => board.SetAsync(entry.Alias, HostStatus.Offline, "The dashboard could not start the connection; its log says why. It tries again.", seen: false, stop),
                        entry.Alias,
                        stop);
                }

                if (again is false)
                {
                    return;
                }

                backoff = time.GetElapsedTime(begun) > SteadyAfter ? ShortestBackoff : backoff;
                var longest = TimeSpan.FromSeconds(options.Value.LongestBackoffSeconds);
                var wait = (backoff < longest ? backoff : longest) * (0.75 + (0.5 * Random.Shared.NextDouble()));
                backoff = backoff < longest ? backoff * 2 : longest;
                await Task.Delay(wait, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <returns>Whether to try again.</returns>
    private async Task<bool> ConnectOnceAsync(SshHostEntry entry, CancellationToken stop)
    {
        if (entry.JumpAlias is { } jump && connections.Live.Get(jump) is null)
        {
            var reason = board.Live.Get(jump) is { } jumpHost ? HostWords.JumpDown(jumpHost) : "The host that it was reached through is gone.";
            await board.SetAsync(entry.Alias, HostStatus.Offline, reason, seen: false, stop);
            using var unwatched = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await foreach (var _ in connections.Live.WatchAsync(unwatched.Token))
            {
                if (connections.Live.Get(jump) is not null)
                {
                    break;
                }
            }
        }

        var (connection, failure) = await OpenAsync(entry, stop);
        if (connection is null)
        {
            return await FailedAsync(entry, failure!, stop);
        }

        await using (connection)
        {
            LogConnected(logger, entry.Alias);
            connections.Live.Set(entry.Alias, new HostConnection(entry.Alias, connection));
            try
            {
                await board.SetAsync(entry.Alias, HostStatus.Online, null, seen: true, stop);
                failure = await connection.Closed.WaitAsync(stop);
            }
            finally
            {
                connections.Live.Remove(entry.Alias);
            }
        }

        return await FailedAsync(entry, failure, stop);
    }

    private async Task<(SshConnection? Connection, SshFailure? Failure)> OpenAsync(SshHostEntry entry, CancellationToken stop)
    {
        await _logins.WaitAsync(stop);
        var opening = SshConnection.OpenAsync(folder, entry, ledger, time, stop);
        try
        {
            await Task.WhenAny(opening, Task.Delay(LongestTurn, time, stop));
        }
        finally
        {
            _logins.Release();
        }

        return await opening;
    }

    private async Task<bool> FailedAsync(SshHostEntry entry, SshFailure failure, CancellationToken stop)
    {
        if (board.Live.Get(entry.Alias) is not { } host)
        {
            return false;
        }

        // Without the jump host's connection it may be the jump host's key that ssh speaks of.
        var changed = failure.Kind == SshFailureKind.HostKeyChanged && (entry.JumpAlias is not { } jump || connections.Live.Get(jump) is not null);
        var status = changed ? HostStatus.KeyChanged : HostStatus.Offline;
        LogFailed(logger, entry.Alias, failure.Kind, failure.Detail);
        await board.SetAsync(entry.Alias, status, HostWords.Of(failure, host), seen: false, stop);
        return !changed;
    }

    private async Task Survive(Func<Task> work, string hostId, CancellationToken stop)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            LogFault(logger, hostId, fault);
        }
    }

    [LoggerMessage(1201, LogLevel.Information, "Connected to host {HostId}.")]
    private static partial void LogConnected(ILogger logger, string hostId);

    [LoggerMessage(1202, LogLevel.Information, "No connection to host {HostId}: {Kind} ({Detail}).")]
    private static partial void LogFailed(ILogger logger, string hostId, SshFailureKind kind, string detail);

    [LoggerMessage(1203, LogLevel.Error, "The connection loop of host {HostId} met a fault and goes on.")]
    private static partial void LogFault(ILogger logger, string hostId, Exception fault);

    /// <summary>The loop that keeps one host connected.</summary>
    private sealed class Link(SshHostEntry entry, CancellationTokenSource stop)
    {
        public SshHostEntry Entry => entry;

        public Task Task { get; private init; } = Task.CompletedTask;

        public static Link Start(SshHostEntry entry, Func<CancellationToken, Task> keep)
        {
            var stop = new CancellationTokenSource();

            // What a connection does is not done by whoever has added the host.
            using var nobodys = ExecutionContext.SuppressFlow();
            return new Link(entry, stop) { Task = Task.Run(() => keep(stop.Token), CancellationToken.None) };
        }

        public async Task EndAsync()
        {
            await stop.CancelAsync();
            await Task;
            stop.Dispose();
        }
    }
}
