using System.Collections.Concurrent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Docker;

/// <summary>Opens and closes the alerts of containers: one for each container in trouble. Singleton.</summary>
public sealed partial class DockerAlerts(
    DockerBoard board,
    LiveStore<string, HostSummary> hosts,
    IDbContextFactory<HomelabDbContext> databases,
    ActivityLog log,
    IOptions<DockerAlertOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<DockerAlerts> logger) : BackgroundService
{
    private const int LongestName = 255;

    /// <summary>As many alerts are kept as a flapping container makes in weeks.</summary>
    private const int Kept = 10_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, ContainerTroubles> _troubles = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>From before the dashboard started, until their container was seen well or in trouble.</summary>
    private readonly ConcurrentDictionary<long, bool> _inherited = new();

    /// <summary>Those that are open or acknowledged, by id.</summary>
    public LiveStore<long, DockerAlertSummary> Live { get; } = new(time);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var alert in await db.Set<DockerAlert>().AsNoTracking().Where(a => a.State != DockerAlertState.Closed).Select(DockerAlertSummary.FromRow).ToListAsync(cancellationToken))
        {
            Live.Set(alert.Id, alert);
            _inherited[alert.Id] = true;
        }

        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    internal void Happened(string hostId, EngineEvent happened) => With(hostId, t => t.Happened(happened, time.GetUtcNow().UtcDateTime));

    /// <summary>The dashboard itself ends containers until this is disposed of; not every engine tells that somebody asked for it.</summary>
    internal IDisposable Expect(string hostId, IReadOnlyList<string> containerIds)
    {
        With(hostId, t => containerIds.ToList().ForEach(t.Expect));
        return new Expected(() => With(hostId, t => containerIds.ToList().ForEach(id => t.ExpectNoMore(id, time.GetUtcNow().UtcDateTime))));
    }

    internal void Seen(string hostId, IReadOnlyCollection<ContainerSummary> containers, bool isAll, DateTime asOf) => With(hostId, t => t.Seen(containers, isAll, time.GetUtcNow().UtcDateTime, asOf));

    /// <summary>Closes an alert whose trouble goes on; it is said again when it comes anew.</summary>
    internal async Task<DockerAlertSummary?> DismissAsync(long id, CancellationToken cancellationToken)
    {
        if (Live.Get(id) is not { } alert)
        {
            return null;
        }

        With(alert.HostId, t => t.Dismiss(alert.ContainerName));
        _inherited.TryRemove(id, out _);
        return await ChangeAsync(id, row => (row.State, row.ClosedAt) = (DockerAlertState.Closed, time.GetUtcNow().UtcDateTime), cancellationToken);
    }

    /// <summary>Changes an alert that is not closed.</summary>
    /// <returns>Null when there is no such alert, or it is closed.</returns>
    internal async Task<DockerAlertSummary?> ChangeAsync(long id, Action<DockerAlert> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Set<DockerAlert>().SingleOrDefaultAsync(a => a.Id == id && a.State != DockerAlertState.Closed, cancellationToken) is not { } alert)
            {
                return null;
            }

            change(alert);
            await db.SaveChangesAsync(cancellationToken);
            return Show(alert);
        }
        finally
        {
            _writing.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // The hosts are read while the program starts: before that, each of them would be taken for deleted.
            if (!lifetime.ApplicationStarted.IsCancellationRequested)
            {
                continue;
            }

            foreach (var hostId in _troubles.Keys.Union(Live.Snapshot().Values.Select(a => a.HostId), StringComparer.Ordinal))
            {
                try
                {
                    await LookAsync(hostId, stoppingToken);
                }
                catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    LogFault(logger, hostId, fault);
                }
            }
        }
    }

    private void With(string hostId, Action<ContainerTroubles> act)
    {
        var troubles = _troubles.GetOrAdd(hostId, _ => new ContainerTroubles(options.Value));
        lock (troubles)
        {
            act(troubles);
        }
    }

    private async Task LookAsync(string hostId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var open = Live.Snapshot().Values.Where(a => a.HostId == hostId).ToList();
        if (hosts.Get(hostId) is not { DockerEnabled: true } host)
        {
            _troubles.TryRemove(hostId, out _);
            await CloseAsync(open, now, cancellationToken);
            return;
        }

        // Nothing is known of what goes on there meanwhile.
        if (board.Hosts.Get(hostId) is not { Live: true } || host.InMaintenance(now))
        {
            return;
        }

        IReadOnlyList<ContainerTrouble> troubles = [];
        With(hostId, t => troubles = t.At(now));
        var by = open.ToLookup(a => a.ContainerName, StringComparer.Ordinal);
        foreach (var trouble in troubles)
        {
            if (by[Name(trouble)].FirstOrDefault() is not { } alert)
            {
                await OpenAsync(host, trouble, now, cancellationToken);
                continue;
            }

            _inherited.TryRemove(alert.Id, out _);
            if (alert.Message != trouble.Message || alert.Severity != trouble.Severity || alert.Kind != trouble.Kind)
            {
                await ChangeAsync(alert.Id, row => (row.Kind, row.Message, row.Severity) = (trouble.Kind, trouble.Message, trouble.Severity), cancellationToken);
            }
        }

        var names = troubles.Select(Name).ToHashSet(StringComparer.Ordinal);
        await CloseAsync([.. open.Where(a => !names.Contains(a.ContainerName) && !StaysInherited(a))], now, cancellationToken);
    }

    /// <summary>What ended before the dashboard was started is not news, but neither is it mended.</summary>
    private bool StaysInherited(DockerAlertSummary alert)
    {
        var container = board.Containers.Snapshot().Values.FirstOrDefault(c => c.HostId == alert.HostId && c.Name == alert.ContainerName);
        return _inherited.ContainsKey(alert.Id)
            && (container is { IsUp: false } or { Health: ContainerHealth.Unhealthy } || (container is null && alert.Kind == ContainerTroubleKind.Gone));
    }

    private async Task OpenAsync(HostSummary host, ContainerTrouble trouble, DateTime now, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var name = Name(trouble);
            await using var db = await databases.CreateDbContextAsync(cancellationToken);

            // When people were last told of this container: what comes back soon is not told again.
            var last = await db.Set<DockerAlert>().Where(a => a.HostId == host.Id && a.ContainerName == name).MaxAsync(a => a.LastNotifiedAt, cancellationToken);
            var alert = new DockerAlert
            {
                HostId = host.Id,
                ContainerName = name,
                Kind = trouble.Kind,
                Severity = trouble.Severity,
                Message = trouble.Message,
                OpenedAt = now,
                LastNotifiedAt = last,
            };
            db.Add(alert);
            await db.SaveChangesAsync(cancellationToken);
            await db.Set<DockerAlert>().Where(a => a.Id <= alert.Id - Kept && a.State == DockerAlertState.Closed).ExecuteDeleteAsync(cancellationToken);
            Show(alert);
            log.Write(trouble.Severity == DockerAlertSeverity.Critical ? LogEntryLevel.Error : LogEntryLevel.Warning, DockerSetup.Source, $"{name} on {host.Name} {trouble.Message}.", host.Id);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task CloseAsync(IReadOnlyList<DockerAlertSummary> alerts, DateTime now, CancellationToken cancellationToken)
    {
        foreach (var alert in alerts)
        {
            _inherited.TryRemove(alert.Id, out _);
            await ChangeAsync(alert.Id, row => (row.State, row.ClosedAt) = (DockerAlertState.Closed, now), cancellationToken);
        }
    }

    private DockerAlertSummary Show(DockerAlert alert)
    {
        var summary = DockerAlertSummary.Of(alert);
        if (alert.State == DockerAlertState.Closed)
        {
            Live.Remove(alert.Id);
        }
        else
        {
            Live.Set(alert.Id, summary);
        }

        return summary;
    }

    private static string Name(ContainerTrouble trouble) => trouble.ContainerName.Length > LongestName ? trouble.ContainerName[..LongestName] : trouble.ContainerName;

    private sealed class Expected(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    [LoggerMessage(1503, LogLevel.Error, "The alerts of the containers of host {HostId} met a fault and go on.")]
    private static partial void LogFault(ILogger logger, string hostId, Exception fault);
}
