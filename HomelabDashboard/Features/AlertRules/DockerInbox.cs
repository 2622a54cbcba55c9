using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>
/// Brings the troubles of containers into the inbox: one alert for each that is open, closed with it. Those of a host that does not
/// answer are held back: the host's own alert is the cause, and is told once. Singleton.
/// </summary>
public sealed partial class DockerInbox(
    DockerAlerts docker, DockerBoard board, AlertBook book, LiveStore<string, HostSummary> hosts, TimeProvider time, ILogger<DockerInbox> logger) : BackgroundService
{
    internal const string Source = "docker";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DockerAlertSummary> _told = new(StringComparer.Ordinal);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var open = docker.Live.Snapshot().Values.ToDictionary(a => $"docker:{a.Id}", StringComparer.Ordinal);
        foreach (var (key, alert) in open)
        {
            if (hosts.Get(alert.HostId) is not { } host)
            {
                continue;
            }

            var isOpen = book.IsOpen(key);
            if (host.Status is not (HostStatus.Online or HostStatus.Degraded) && !isOpen)
            {
                continue;
            }

            var told = _told.GetValueOrDefault(key);
            if (!isOpen || (told is not null && (told.Message != alert.Message || told.Severity != alert.Severity)))
            {
                book.Raise(key, SignalOf(alert, host));
            }

            _told[key] = alert;
            await AgreeAsync(key, alert, cancellationToken);
        }

        foreach (var key in book.OpenKeys(Source).Where(k => !open.ContainsKey(k)))
        {
            book.Close(key);
        }

        foreach (var key in _told.Keys.Where(k => !open.ContainsKey(k)).ToList())
        {
            _told.Remove(key);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, fault);
            }
        }
    }

    /// <summary>What was acknowledged in one of the two places is in the other.</summary>
    private async Task AgreeAsync(string key, DockerAlertSummary alert, CancellationToken cancellationToken)
    {
        if (alert is { State: DockerAlertState.Acknowledged, AcknowledgedBy: { } by, AcknowledgedAt: { } at })
        {
            book.Acknowledge(key, by, at);
        }
        else if (book.AcknowledgedBy(key) is { } seen)
        {
            await docker.ChangeAsync(
                alert.Id, row => (row.State, row.AcknowledgedAt, row.AcknowledgedBy) = (DockerAlertState.Acknowledged, seen.At, seen.By), cancellationToken);
        }
    }

    private AlertSignal SignalOf(DockerAlertSummary alert, HostSummary host)
    {
        var level = alert.Severity switch
        {
            DockerAlertSeverity.Critical => AlertLevel.Critical,
            DockerAlertSeverity.Warning => AlertLevel.Warning,
            _ => AlertLevel.Info,
        };
        var container = board.Containers.Snapshot().Values.FirstOrDefault(c => c.HostId == alert.HostId && c.Name == alert.ContainerName);
        return new AlertSignal(AlertCategory.Docker, level, $"{alert.ContainerName} on {host.Name} {alert.Message}", $"The container {alert.ContainerName} {alert.Message}. Its log says more.", Source)
        {
            HostId = alert.HostId,
            Href = container is null ? "/containers" : $"/containers/{container.Id}/logs",
            Details = new { alert.ContainerName, DockerAlertId = alert.Id },
        };
    }

    [LoggerMessage(1812, LogLevel.Error, "The troubles of containers could not be brought into the inbox; it goes on.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
