using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>
/// Brings the troubles of containers into the inbox: one alert for each container in trouble, which is the same when the container comes
/// back into trouble soon. Those of a host that does not answer are held back: the host's own alert is the cause, and is told once. Singleton.
/// </summary>
public sealed partial class DockerInbox(
    DockerAlerts docker, DockerBoard board, AlertBook book, NotificationOutbox outbox, LiveStore<string, HostSummary> hosts, IOptions<DockerAlertOptions> options,
    TimeProvider time, ILogger<DockerInbox> logger) : BackgroundService
{
    internal const string Source = "docker";
    private const int LongestName = 100;
    private const int MostTold = 10_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>What the inbox says now, by key.</summary>
    private readonly Dictionary<string, Said> _said = new(StringComparer.Ordinal);

    /// <summary>The keys of those that people were just notified of.</summary>
    private readonly ConcurrentQueue<(string Key, DateTime At)> _told = new();

    private TimeSpan NotifyAgain => TimeSpan.FromMinutes(options.Value.NotifyAgainMinutes);

    internal static string KeyOf(string hostId, string container) =>
        $"docker:{hostId}:{(container.Length <= LongestName ? container : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(container)), 0, 16))}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        outbox.Told += OnTold;
        try
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
        finally
        {
            outbox.Told -= OnTold;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var open = docker.Live.Snapshot().Values.OrderBy(a => a.Id).GroupBy(a => KeyOf(a.HostId, a.ContainerName)).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
        await NoteToldAsync(open, cancellationToken);
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

            var said = _said.GetValueOrDefault(key);
            if (!isOpen || (said is not null && said.Alert.Id != alert.Id))
            {
                book.Raise(key, SignalOf(alert, host));
            }
            else if (said is not null && (said.Alert.Message != alert.Message || said.Alert.Severity != alert.Severity))
            {
                book.Refresh(key, SignalOf(alert, host));
            }

            said = _said[key] = new(alert, said?.RemindedAt);
            await AgreeAsync(key, alert, cancellationToken);
            Remind(key, said);
        }

        foreach (var key in book.OpenKeys(Source).Where(k => !open.ContainsKey(k)))
        {
            book.Close(key);
        }

        foreach (var key in _said.Keys.Where(k => !open.ContainsKey(k)).ToList())
        {
            _said.Remove(key);
        }
    }

    private void OnTold(long alertId)
    {
        if (_told.Count < MostTold && book.Live.Get(alertId) is { Source: Source, Key: { } key })
        {
            _told.Enqueue((key, time.GetUtcNow().UtcDateTime));
        }
    }

    /// <summary>When people were told of a container stands with its trouble.</summary>
    private async Task NoteToldAsync(Dictionary<string, DockerAlertSummary> open, CancellationToken cancellationToken)
    {
        while (_told.TryPeek(out var told))
        {
            if (open.TryGetValue(told.Key, out var alert) && await docker.ChangeAsync(alert.Id, row => row.LastNotifiedAt = told.At, cancellationToken) is { } noted)
            {
                open[told.Key] = noted;
            }

            _told.TryDequeue(out _);
        }
    }

    /// <summary>What people were told of a long time ago, goes on, and nobody has acknowledged is told again.</summary>
    private void Remind(string key, Said said)
    {
        var isDue = said.Alert is { State: DockerAlertState.Open, LastNotifiedAt: { } last } && last >= book.OpenSince(key) && time.GetUtcNow().UtcDateTime - last >= NotifyAgain;
        if (isDue && (said.RemindedAt is not { } at || time.GetElapsedTime(at) >= NotifyAgain))
        {
            _said[key] = said with { RemindedAt = time.GetTimestamp() };
            book.TellAgain(key);
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
        var now = time.GetUtcNow().UtcDateTime;
        var container = board.Containers.Snapshot().Values.FirstOrDefault(c => c.HostId == alert.HostId && c.Name == alert.ContainerName);
        return new AlertSignal(AlertCategory.Docker, level, $"{alert.ContainerName} on {host.Name} {alert.Message}", $"The container {alert.ContainerName} {alert.Message}. Its log says more.", Source)
        {
            HostId = alert.HostId,
            Href = container is null ? "/containers" : $"/containers/{container.Id}/logs",
            Action = container is null ? null : ("Restart it", $"/containers/{container.Id}"),
            NotifyAfter = alert.LastNotifiedAt is { } last && last <= now && last + NotifyAgain > now ? last + NotifyAgain : null,
            Details = new { alert.ContainerName, DockerAlertId = alert.Id },
        };
    }

    /// <param name="Alert">As the inbox has it.</param>
    /// <param name="RemindedAt">When it was last told again, by the monotonic clock.</param>
    private sealed record Said(DockerAlertSummary Alert, long? RemindedAt);

    [LoggerMessage(1812, LogLevel.Error, "The troubles of containers could not be brought into the inbox; it goes on.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
