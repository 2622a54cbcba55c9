using System.Collections.Concurrent;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.DockerEngine;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Docker;

/// <summary>
/// Looks for a container engine on every connected host, and follows those of the hosts that take part: everything once, then its
/// events, and everything again every few minutes. Singleton.
/// </summary>
public sealed partial class DockerMonitor(
    HostConnections connections,
    HostBoard hosts,
    DockerBoard board,
    DockerTables tables,
    ContainerStats stats,
    DockerAlerts alerts,
    IOptions<DockerOptions> options,
    TimeProvider time,
    ILogger<DockerMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromSeconds(1);

    /// <summary>A host that takes no part is asked so much more seldom.</summary>
    private const int SeldomAsked = 10;

    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _wakes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _enabled = new(StringComparer.Ordinal);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // After a restart the containers are there at once, as they last were.
        foreach (var container in await tables.ReadContainersAsync(cancellationToken))
        {
            board.Containers.Set(container.Id, container);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Has a host asked again now, rather than when its time comes.</summary>
    public void CheckAgain(string hostId)
    {
        var wake = WakeOf(hostId);
        lock (wake)
        {
            if (wake.CurrentCount == 0)
            {
                wake.Release();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var following = FollowHostsAsync(stoppingToken);
        var running = new List<Task>();
        var known = new Dictionary<string, HostConnection>(StringComparer.Ordinal);
        try
        {
            await foreach (var batch in connections.Live.WatchAsync(stoppingToken))
            {
                running.RemoveAll(s => s.IsCompleted);
                foreach (var (hostId, connection) in batch)
                {
                    if (connection is not null && known.GetValueOrDefault(hostId) != connection)
                    {
                        known[hostId] = connection;
                        running.Add(KeepAsync(connection, stoppingToken));
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll([following, .. running]);
    }

    private SemaphoreSlim WakeOf(string hostId) => _wakes.GetOrAdd(hostId, _ => new SemaphoreSlim(0, 1));

    /// <summary>Takes up that a host is to take part, or no more, or is deleted.</summary>
    private async Task FollowHostsAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var batch in hosts.Live.WatchAsync(stoppingToken))
            {
                foreach (var (hostId, host) in batch)
                {
                    var takesPart = host?.DockerEnabled is true;
                    var before = _enabled.TryGetValue(hostId, out var known) && known;
                    _enabled[hostId] = takesPart;
                    if (takesPart != before)
                    {
                        CheckAgain(hostId);
                    }

                    if (host is null || (!takesPart && before))
                    {
                        await SurviveAsync(() => ForgetAsync(hostId, host is null, stoppingToken), hostId, stoppingToken);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task ForgetAsync(string hostId, bool isDeleted, CancellationToken cancellationToken)
    {
        await tables.ForgetAsync(hostId, cancellationToken);
        board.Stored.Set(hostId, new(time.GetUtcNow().UtcDateTime));
        foreach (var container in board.Containers.Snapshot().Values.Where(c => c.HostId == hostId).ToList())
        {
            board.Containers.Remove(container.Id);
            board.Readings.Remove(container.Id);
        }

        if (isDeleted)
        {
            board.Hosts.Remove(hostId);
        }
    }

    /// <summary>Follows the engine over one connection until that is gone.</summary>
    private async Task KeepAsync(HostConnection connection, CancellationToken stoppingToken)
    {
        var hostId = connection.HostId;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var watching = CancelWhenClosedAsync(connection, gone);
        var backoff = ShortestBackoff;
        while (!gone.IsCancellationRequested)
        {
            var begun = time.GetTimestamp();
            var isPlain = false;
            await SurviveAsync(async () => isPlain = await LookAsync(connection, gone.Token), hostId, gone.Token);
            if (gone.IsCancellationRequested)
            {
                break;
            }

            // An engine that was followed for a while is likely to come back soon; one that only answered has nothing more to say.
            var longest = TimeSpan.FromSeconds(options.Value.LongestBackoffSeconds);
            longest = isPlain ? longest * SeldomAsked : longest;
            backoff = isPlain ? longest : time.GetElapsedTime(begun) > TimeSpan.FromMinutes(1) ? ShortestBackoff : backoff;
            var wait = (backoff < longest ? backoff : longest) * (0.75 + (0.5 * Random.Shared.NextDouble()));
            backoff = isPlain ? ShortestBackoff : backoff * 2;
            await SurviveAsync(() => WakeOf(hostId).WaitAsync(wait, gone.Token), hostId, gone.Token);
        }

        NotLive(hostId);
        await gone.CancelAsync();
        await watching;
    }

    private static async Task CancelWhenClosedAsync(HostConnection connection, CancellationTokenSource gone)
    {
        await Task.WhenAny(connection.Closed, Task.Delay(Timeout.Infinite, gone.Token));
        await gone.CancelAsync();
    }

    /// <summary>Looks for the engine and follows it as long as that goes.</summary>
    /// <returns>Whether there is no more to do: the host has an engine that answers, and takes no part.</returns>
    private async Task<bool> LookAsync(HostConnection connection, CancellationToken cancellationToken)
    {
        if (hosts.Live.Get(connection.HostId) is not { } host)
        {
            return true;
        }

        var product = board.Hosts.Get(host.Id)?.Product;
        EngineFinding finding;
        using (var limit = new CancellationTokenSource(LongestSearch, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken))
        {
            try
            {
                finding = await EngineDoor.FindAsync(connection.RunAsync, either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                await TellAsync(new(host.Id, DockerStatus.Unknown, $"{host.Name} did not say in time whether it has a container engine.", product, null, false, LastTrue(host)), cancellationToken);
                return false;
            }
            catch (IOException failure)
            {
                await TellAsync(new(host.Id, DockerStatus.Unknown, failure.Message, product, null, false, LastTrue(host)), cancellationToken);
                return false;
            }
        }

        if (finding.Found != EngineFound.Way)
        {
            // Where both programs are, the one is meant that has answered before.
            var meant = finding.Found == EngineFound.Stopped && product == "Podman" ? finding with { Program = "podman" } : finding;
            var (status, reason) = DockerWords.Of(meant, host);
            await TellAsync(new(host.Id, status, reason, product, null, false, LastTrue(host)), cancellationToken);
            return finding.Found == EngineFound.Nothing && !host.DockerEnabled;
        }

        using var client = new EngineClient(EngineDoor.Over(finding, connection.RunAsync), time);
        try
        {
            var version = await client.ConnectAsync(cancellationToken);
            var state = new DockerHostState(host.Id, DockerStatus.Running, null, version.Product, version.Version, false, LastTrue(host));
            if (!host.DockerEnabled)
            {
                await TellAsync(state, cancellationToken);
                return true;
            }

            await FollowAsync(client, state, cancellationToken);
            return false;
        }
        catch (Exception failure) when (failure is IOException or EngineException)
        {
            // A connection that breaks ends its channels a moment before it is known to be gone; that is no trouble of the engine's.
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
            LogLost(logger, host.Id, failure.Message);
            var (status, reason) = DockerWords.Of(failure, finding, host);
            await TellAsync(new(host.Id, status, reason, board.Hosts.Get(host.Id)?.Product, board.Hosts.Get(host.Id)?.Version, false, LastTrue(host)), cancellationToken);
            return false;
        }
    }

    private async Task FollowAsync(EngineClient client, DockerHostState state, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var link = new DockerLink(client, state.HostId, board, tables, alerts, time);
        var disabled = DisabledAsync(state.HostId, over.Token);
        Task sampling = Task.CompletedTask;
        try
        {
            var events = link.ListenAsync(over.Token);
            await Task.WhenAny(link.Listening, events);
            while (!events.IsCompleted && !disabled.IsCompleted)
            {
                await link.LookAtAllAsync(over.Token);

                // Who is told that it is live may ask it something at once.
                board.Connect(state.HostId, client);
                await TellAsync(state with { Live = true, LastTrueAt = time.GetUtcNow().UtcDateTime }, over.Token);
                if (sampling.IsCompleted)
                {
                    sampling = stats.SampleAsync(client, state.HostId, over.Token);
                }

                using var check = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
                check.CancelAfter(TimeSpan.FromSeconds(options.Value.FullCheckSeconds));
                var following = link.FollowAsync(check.Token);
                await Task.WhenAny(following, events, disabled);
                await check.CancelAsync();
                await OverAsync(following, check.Token);
            }

            if (!disabled.IsCompleted)
            {
                await events;
                throw new IOException("The engine ended its stream of events.");
            }
        }
        finally
        {
            board.Disconnect(state.HostId, client);
            await over.CancelAsync();
            NotLive(state.HostId);
            await OverAsync(Task.WhenAll(disabled, sampling), over.Token);
            if (hosts.Live.Get(state.HostId) is not { DockerEnabled: true })
            {
                // The look that was under way may have written anew what was forgotten meanwhile.
                await SurviveAsync(() => ForgetAsync(state.HostId, isDeleted: false, CancellationToken.None), state.HostId, CancellationToken.None);
            }
        }

        // What ended it besides being asked to is a fault like any other.
        static async Task OverAsync(Task ending, CancellationToken asked)
        {
            try
            {
                await ending;
            }
            catch (OperationCanceledException) when (asked.IsCancellationRequested)
            {
            }
        }

        async Task DisabledAsync(string hostId, CancellationToken stop)
        {
            await foreach (var _ in hosts.Live.WatchAsync(stop))
            {
                if (hosts.Live.Get(hostId) is not { DockerEnabled: true })
                {
                    return;
                }
            }
        }
    }

    private DateTime? LastTrue(HostSummary host) => board.Hosts.Get(host.Id)?.LastTrueAt ?? host.DockerLastCollectAt;

    private void NotLive(string hostId)
    {
        if (board.Hosts.Get(hostId) is { Live: true } state)
        {
            board.Hosts.Set(hostId, state with { Live = false });
        }

        foreach (var container in board.Containers.Snapshot().Values.Where(c => c.HostId == hostId))
        {
            if (board.Readings.Get(container.Id) is { } reading)
            {
                board.Readings.Set(container.Id, reading.WithoutLatest());
            }
        }
    }

    private async Task TellAsync(DockerHostState state, CancellationToken cancellationToken)
    {
        board.Hosts.Set(state.HostId, state);
        await hosts.SetDockerAsync(state.HostId, state.Status, state.Version, state.Live ? state.LastTrueAt : null, cancellationToken);
    }

    private async Task SurviveAsync(Func<Task> work, string hostId, CancellationToken stop)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            LogFault(logger, hostId, fault);
        }
    }

    [LoggerMessage(1501, LogLevel.Information, "The container engine of host {HostId} is not followed: {Reason}")]
    private static partial void LogLost(ILogger logger, string hostId, string reason);

    [LoggerMessage(1502, LogLevel.Error, "Following the containers of host {HostId} met a fault and goes on.")]
    private static partial void LogFault(ILogger logger, string hostId, Exception fault);
}
