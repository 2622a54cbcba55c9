using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>
/// Looks at everything every 15 seconds and opens and closes the alerts of the rules. It looks at what is in memory; only the forecasts
/// are made of the table, for all hosts together and every half hour. How long something lasts is measured by the monotonic clock, so that
/// a clock that is set opens and closes nothing. Singleton.
/// </summary>
public sealed partial class RuleEvaluator(
    RuleBook rules, AlertBook book, LiveStore<string, HostSummary> hosts, MetricsBoard metrics, ScheduleRunner schedules, SignInThrottle signIns, DataFolder folder,
    IDbContextFactory<HomelabDbContext> databases, TimeProvider time, ILogger<RuleEvaluator> logger) : BackgroundService
{
    internal const string Source = "rules";
    private const int LongestSubject = 100;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ForecastEvery = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ForecastFrom = TimeSpan.FromDays(14);

    /// <summary>An open alert gets its newest figures this often.</summary>
    private static readonly TimeSpan SayAgain = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);
    private readonly SteadyClock _clock = new(time);
    private Dictionary<(string HostId, string Mount), FillForecast> _forecasts = [];
    private long? _forecastAt;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartingAlertRules.AddAsync(databases, cancellationToken);
        await rules.ReloadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>One look at everything.</summary>
    internal void Look()
    {
        lock (_states)
        {
            LookOnce();
        }
    }

    private void LookOnce()
    {
        var now = time.GetUtcNow().UtcDateTime;
        var sight = new RuleSight
        {
            Now = now,
            Hosts = hosts.Snapshot(),
            Readings = metrics.Live.Snapshot(),
            Schedules = _clock.IsSteady() && !schedules.Pause.Paused ? schedules.Live.Snapshot() : null,
            Forecasts = _forecasts,
            FailedSignIns = signIns.FailedAddresses(1),
            DiskPercent = DiskPercent(),
        };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in rules.Live.Snapshot().Values.Where(r => r.Enabled))
        {
            if (!RuleMeasure.Of(rule.Kind).ByHost)
            {
                Judge(rule, $"rule:{rule.Id}::", RuleConditions.OfDashboard(rule, sight), false);
                continue;
            }

            foreach (var host in sight.Hosts.Values.Where(h => h.Enabled && RuleConditions.Holds(rule, h)))
            {
                // Somebody works on it; that its key is another one needs somebody all the same.
                var silent = host.InMaintenance(now) && rule.Kind != AlertRuleKind.HostKeyChanged;
                Judge(rule, $"rule:{rule.Id}:{host.Id}:", RuleConditions.OfHost(rule.Kind, host, sight), silent);
            }
        }

        // What no rule looks at any more is over; of what nothing is known, nothing is said.
        foreach (var key in book.OpenKeys(Source).Where(k => !seen.Contains(k) && !unknown.Contains(Prefix(k))))
        {
            book.Close(key);
        }

        foreach (var key in _states.Keys.Where(k => !seen.Contains(k) && !unknown.Contains(Prefix(k))).ToList())
        {
            _states.Remove(key);
        }

        void Judge(AlertRuleRecord rule, string prefix, IEnumerable<RuleFinding>? findings, bool silent)
        {
            if (findings is null)
            {
                unknown.Add(prefix);
                foreach (var state in _states.Where(s => Prefix(s.Key) == prefix).Select(s => s.Value))
                {
                    state.Since = null;
                }

                return;
            }

            foreach (var found in findings)
            {
                var key = prefix + Short(found.Subject);
                seen.Add(key);
                Take(rule, key, found, silent, now);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (_forecastAt is not { } at || time.GetElapsedTime(at) >= ForecastEvery)
                {
                    await ForecastAsync(stoppingToken);
                    _forecastAt = time.GetTimestamp();
                }

                Look();
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, fault);
            }
        }
    }

    internal async Task ForecastAsync(CancellationToken cancellationToken)
    {
        var since = new DateTimeOffset(time.GetUtcNow().UtcDateTime - ForecastFrom, TimeSpan.Zero).ToUnixTimeSeconds();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hours = await db.Set<FilesystemHour>().AsNoTracking().Where(h => h.Start >= since).OrderBy(h => h.Start)
            .Select(h => new { h.HostId, h.Mount, h.Start, h.AvailableMb }).ToListAsync(cancellationToken);
        var readings = metrics.Live.Snapshot();
        var forecasts = new Dictionary<(string HostId, string Mount), FillForecast>();
        foreach (var filesystem in hours.GroupBy(h => (h.HostId, h.Mount)))
        {
            if (readings.GetValueOrDefault(filesystem.Key.HostId)?.Latest is { } latest
                && latest.Filesystems.FirstOrDefault(f => f.Mount == filesystem.Key.Mount)?.AvailableGb is { } available)
            {
                forecasts[filesystem.Key] = FillForecast.Of([.. filesystem.Select(h => (h.Start, (double)h.AvailableMb))], available * 1024, latest.CollectedAt);
            }
        }

        _forecasts = forecasts;
    }

    private void Take(AlertRuleRecord rule, string key, RuleFinding found, bool silent, DateTime now)
    {
        if (!_states.TryGetValue(key, out var state))
        {
            var open = book.IsOpen(key);
            _states[key] = state = new State { IsOpen = open, SaidAt = time.GetTimestamp() };
        }

        var limit = Limit(rule, found.Host);
        var (isBad, isWell) = found.IsBad is { } bad ? (bad, !bad) : Compare(rule, found.Value, limit);
        if (state.IsOpen && !book.IsOpen(key))
        {
            // Somebody else has closed it.
            (state.IsOpen, state.Since) = (false, null);
        }

        if (isWell)
        {
            state.Since = null;
            if (state.IsOpen)
            {
                state.IsOpen = false;
                book.Close(key);
            }

            return;
        }

        if (state.IsOpen)
        {
            if (isBad && !silent && time.GetElapsedTime(state.SaidAt) >= SayAgain)
            {
                state.SaidAt = time.GetTimestamp();
                book.Raise(key, RuleWords.Of(rule, found, limit, now));
            }

            return;
        }

        if (!isBad || silent)
        {
            state.Since = null;
            return;
        }

        state.Since ??= time.GetTimestamp();
        if (time.GetElapsedTime(state.Since.Value) >= TimeSpan.FromSeconds(rule.DurationSeconds))
        {
            (state.IsOpen, state.SaidAt) = (true, time.GetTimestamp());
            book.Raise(key, RuleWords.Of(rule, found, limit, now));
        }
    }

    private static double? Limit(AlertRuleRecord rule, HostSummary? host) =>
        rule.Threshold ?? (RuleMeasure.Of(rule.Kind).HostLimit ? host?.CriticalPercent ?? HostRules.CriticalPercent : null);

    /// <summary>Between the limit and the value where it is over, it is neither.</summary>
    private static (bool IsBad, bool IsWell) Compare(AlertRuleRecord rule, double? value, double? limit)
    {
        if (value is not { } v || limit is not { } from)
        {
            return (false, false);
        }

        var measure = RuleMeasure.Of(rule.Kind);
        var clear = rule.ClearValue ?? measure.Clear(from);
        return measure.LowIsBad
            ? (v <= from, v > Math.Max(clear, from))
            : (v >= from, v < Math.Min(clear, from));
    }

    private double? DiskPercent()
    {
        try
        {
            var drive = new DriveInfo(folder.Root);
            return drive.TotalSize > 0 ? 100.0 * (drive.TotalSize - drive.AvailableFreeSpace) / drive.TotalSize : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The rule and the host of a key, without the subject: up to its third colon.</summary>
    private static string Prefix(string key) => key[..(key.IndexOf(':', key.IndexOf(':', "rule:".Length) + 1) + 1)];

    private static string Short(string subject) =>
        subject.Length <= LongestSubject ? subject : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(subject)), 0, 16);

    private sealed class State
    {
        /// <summary>Since when it is trouble, by the monotonic clock.</summary>
        public long? Since { get; set; }

        public bool IsOpen { get; set; }

        public long SaidAt { get; set; }
    }

    [LoggerMessage(1811, LogLevel.Error, "The rules of the alerts met a fault and go on.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
