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
/// Brings the troubles of containers that the rules tell of into the inbox: one alert for each container in trouble, which is the same when
/// the container comes back into trouble soon. Those of a host that does not answer are held back: the host's own alert is the cause, and is
/// told once. The same holds while somebody works on the host. Singleton.
/// </summary>
public sealed partial class DockerInbox(
    DockerAlerts docker, DockerBoard board, RuleBook rules, AlertBook book, NotificationOutbox outbox, LiveStore<string, HostSummary> hosts, IOptions<DockerAlertOptions> options,
    TimeProvider time, ILogger<DockerInbox> logger) : BackgroundService
{
    internal const string Source = "docker";

    /// <summary>In the details of an alert, the rule that told it.</summary>
    internal const string RuleField = "rule_id";
    private const int LongestName = 100;
    private const int MostTold = 10_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>By key.</summary>
    private readonly Dictionary<string, Watched> _watched = new(StringComparer.Ordinal);

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
        var ordered = rules.Live.Snapshot().Values.Where(r => r.Enabled).Select(r => (RuleMeasure.Of(r.Kind).Container, Rule: r)).Where(r => r.Container is not null)
            .OrderByDescending(r => r.Rule.Severity.Weight()).ThenBy(r => r.Rule.Id).ToList();
        var held = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, alert) in open)
        {
            if (hosts.Get(alert.HostId) is not { Enabled: true } host)
            {
                continue;
            }

            var holding = ordered.Where(r => (alert.Kind ?? r.Container) == r.Container && RuleConditions.Holds(r.Rule, host)).Select(r => r.Rule).ToList();
            if (holding.Count > 0)
            {
                held.Add(key);
                await TakeAsync(key, alert, host, holding, cancellationToken);
            }
        }

        // What no rule holds for any more is over, as what is over there, and as all that is on a host that is off.
        foreach (var key in book.OpenKeys(Source).Where(k => !held.Contains(k)))
        {
            book.Close(key);
        }

        foreach (var key in _watched.Keys.Where(k => !held.Contains(k)).ToList())
        {
            _watched.Remove(key);
        }
    }

    /// <param name="holding">The rules that hold for it, the most severe first.</param>
    private async Task TakeAsync(string key, DockerAlertSummary alert, HostSummary host, List<AlertRuleRecord> holding, CancellationToken cancellationToken)
    {
        if (!_watched.TryGetValue(key, out var watched))
        {
            _watched[key] = watched = new Watched { Kind = alert.Kind, Since = time.GetTimestamp() };
        }

        var isHeldBack = host.Status is not (HostStatus.Online or HostStatus.Degraded) || host.InMaintenance(time.GetUtcNow().UtcDateTime);
        if (isHeldBack || watched.Kind != alert.Kind)
        {
            (watched.Kind, watched.Since) = (alert.Kind, time.GetTimestamp());
        }

        if (!isHeldBack && holding.Find(r => time.GetElapsedTime(watched.Since) >= TimeSpan.FromSeconds(r.DurationSeconds)) is { } rule)
        {
            Say(key, watched, alert, host, rule);
            Remind(key, watched, alert, rule);
        }

        await AgreeAsync(key, alert, cancellationToken);
    }

    private void Say(string key, Watched watched, DockerAlertSummary alert, HostSummary host, AlertRuleRecord rule)
    {
        var (before, said) = (watched.Said, new Said(alert.Id, alert.Message, rule.Name, rule.Severity, (rule.QuietFrom, rule.QuietUntil, rule.Timezone)));
        watched.Said = said;
        if (!book.IsOpen(key) || (before is not null && before.AlertId != said.AlertId))
        {
            book.Raise(key, SignalOf(alert, host, rule));
        }
        else if (before is not null && before != said)
        {
            book.Refresh(key, SignalOf(alert, host, rule));
            if (NotifyAfter(alert, rule) is null && book.Live.Snapshot().Values.FirstOrDefault(a => a.Key == key)?.NotifyAfter > time.GetUtcNow().UtcDateTime)
            {
                // The quiet hours that it waits for are not the rule's any more.
                book.TellAgain(key);
            }
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
    private void Remind(string key, Watched watched, DockerAlertSummary alert, AlertRuleRecord rule)
    {
        var isDue = alert is { State: DockerAlertState.Open, LastNotifiedAt: { } last } && last >= book.OpenSince(key)
            && time.GetUtcNow().UtcDateTime - last >= NotifyAgain && NotifyAfter(alert, rule) is null;
        if (isDue && (watched.RemindedAt is not { } at || time.GetElapsedTime(at) >= NotifyAgain))
        {
            watched.RemindedAt = time.GetTimestamp();
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

    private AlertSignal SignalOf(DockerAlertSummary alert, HostSummary host, AlertRuleRecord rule)
    {
        var container = board.Containers.Snapshot().Values.FirstOrDefault(c => c.HostId == alert.HostId && c.Name == alert.ContainerName);
        return new AlertSignal(
            AlertCategory.Docker, rule.Severity, $"{alert.ContainerName} on {host.Name} {alert.Message}", $"The container {alert.ContainerName} {alert.Message}. Its log says more.", Source)
        {
            HostId = alert.HostId,
            Href = container is null ? "/containers" : $"/containers/{container.Id}/logs",
            Action = container is null ? null : ("Restart it", $"/containers/{container.Id}"),
            NotifyAfter = NotifyAfter(alert, rule),
            Details = new { RuleId = rule.Id, Rule = rule.Name, alert.ContainerName, DockerAlertId = alert.Id },
        };
    }

    /// <summary>When people may be told: after the rule's quiet hours, and long enough after they were told of this container last. Null: now.</summary>
    private DateTime? NotifyAfter(DockerAlertSummary alert, AlertRuleRecord rule)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var quiet = QuietHours.Read(rule.QuietFrom, rule.QuietUntil, rule.Timezone)?.EndAfter(now);
        DateTime? again = alert.LastNotifiedAt is { } last && last <= now && last + NotifyAgain > now ? last + NotifyAgain : null;
        return again > quiet ? again : quiet ?? again;
    }

    /// <summary>A container in trouble that a rule holds for.</summary>
    private sealed class Watched
    {
        public ContainerTroubleKind? Kind { get; set; }

        /// <summary>Since when it is in this trouble on a host that answers, by the monotonic clock.</summary>
        public long Since { get; set; }

        public Said? Said { get; set; }

        /// <summary>When it was last told again, by the monotonic clock.</summary>
        public long? RemindedAt { get; set; }
    }

    /// <summary>Of what the words in the inbox were made.</summary>
    private sealed record Said(long AlertId, string? Message, string Rule, AlertLevel Level, (string? From, string? Until, string? Zone) Quiet);

    [LoggerMessage(1812, LogLevel.Error, "The troubles of containers could not be brought into the inbox; it goes on.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
