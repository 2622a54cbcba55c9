using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>
/// Looks at everything every 15 seconds and opens and closes the alerts of the rules. It looks at what is in memory; only the forecasts
/// are made of the table, for all hosts together and every half hour. How long something lasts is measured by the monotonic clock, so that
/// a clock that is set opens and closes nothing. Singleton.
/// </summary>
public sealed partial class RuleEvaluator(
    RuleBook rules, AlertBook book, LiveStore<string, HostSummary> hosts, MetricsBoard metrics, ScheduleRunner schedules, SignInThrottle signIns, DataFolder folder,
    IOptions<MetricsOptions> metricsOptions, IDbContextFactory<HomelabDbContext> databases, TimeProvider time, ILogger<RuleEvaluator> logger) : BackgroundService
{
    internal const string Source = "rules";
    private const int LongestSubject = 100;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeastOld = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ForecastEvery = TimeSpan.FromMinutes(30);

    /// <summary>As long as a host that is connected has not told anything yet, as just after the start.</summary>
    private static readonly TimeSpan ForecastSoon = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ForecastFrom = TimeSpan.FromDays(14);

    /// <summary>An open alert gets its newest figures this often.</summary>
    private static readonly TimeSpan SayAgain = TimeSpan.FromMinutes(5);

    /// <summary>By rule and host, such as <c>rule:3:abc:</c>, to which the subject is added for the key of an alert.</summary>
    private readonly Dictionary<string, Watched> _watched = new(StringComparer.Ordinal);
    private readonly SteadyClock _clock = new(time);
    private Dictionary<(string HostId, string Mount), FillForecast> _forecasts = [];
    private long _look;
    private long? _forecastAt;
    private TimeSpan _forecastEvery = ForecastSoon;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartingAlertRules.AddAsync(databases, cancellationToken);
        await rules.ReloadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>One look at everything.</summary>
    internal void Look()
    {
        lock (_watched)
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
            Schedules = schedules.Live.Snapshot(),
            SchedulesKeepTime = _clock.IsSteady() && !schedules.Pause.Paused,
            Forecasts = _forecasts,
            Oldest = TimeSpan.FromSeconds(Math.Max(LeastOld.TotalSeconds, metricsOptions.Value.IntervalSeconds * 3)),
            FailedSignIns = signIns.FailedAddresses(1),
            DiskPercent = DiskPercent(),
        };
        if (_look++ == 0)
        {
            Inherit();
        }

        foreach (var rule in rules.Live.Snapshot().Values.Where(r => r.Enabled && RuleMeasure.Of(r.Kind).Container is null))
        {
            if (!RuleMeasure.Of(rule.Kind).ByHost)
            {
                Judge(rule, $"rule:{rule.Id}::", RuleConditions.OfDashboard(rule, sight), false, now);
                continue;
            }

            foreach (var host in sight.Hosts.Values.Where(h => h.Enabled && RuleConditions.Holds(rule, h)))
            {
                // Somebody works on it; that its key is another one needs somebody all the same.
                var silent = host.InMaintenance(now) && rule.Kind != AlertRuleKind.HostKeyChanged;
                Judge(rule, $"rule:{rule.Id}:{host.Id}:", RuleConditions.OfHost(rule, host, sight), silent, now);
            }
        }

        // What no rule looks at any more is over.
        foreach (var (prefix, watched) in _watched.Where(w => w.Value.Look != _look))
        {
            watched.CloseOthers(prefix, book, look: -1);
            _watched.Remove(prefix);
        }
    }

    /// <summary>Takes over what is open from before the program was started.</summary>
    private void Inherit()
    {
        foreach (var key in book.OpenKeys(Source))
        {
            // The subject may have colons, the rest has not.
            var parts = key.Split(':', 4);
            if (parts.Length == 4)
            {
                Watch($"{parts[0]}:{parts[1]}:{parts[2]}:").Of(parts[3]);
            }
        }
    }

    private Watched Watch(string prefix)
    {
        if (!_watched.TryGetValue(prefix, out var watched))
        {
            _watched[prefix] = watched = new Watched();
        }

        return watched;
    }

    private void Judge(AlertRuleRecord rule, string prefix, IEnumerable<RuleFinding>? findings, bool silent, DateTime now)
    {
        var watched = Watch(prefix);
        watched.Look = _look;
        if (findings is null)
        {
            // Of what nothing is known, nothing is said.
            foreach (var state in watched.States.Values)
            {
                state.Since = null;
            }

            return;
        }

        foreach (var found in findings)
        {
            var subject = Short(found.Subject);
            var state = watched.Of(subject);
            state.Look = _look;
            Take(rule, prefix + subject, state, found, silent, now);
        }

        watched.CloseOthers(prefix, book, _look);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Look();
            }
            catch (Exception fault)
            {
                LogFault(logger, fault);
            }

            if (_forecastAt is { } at && time.GetElapsedTime(at) < _forecastEvery)
            {
                continue;
            }

            // A fault of it is no reason to try it all the time.
            _forecastAt = time.GetTimestamp();
            var known = metrics.Live.Snapshot();
            _forecastEvery = hosts.Snapshot().Values.All(h => h.Status != HostStatus.Online || known.ContainsKey(h.Id)) ? ForecastEvery : ForecastSoon;
            try
            {
                await ForecastAsync(stoppingToken);
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
        var forecasts = new Dictionary<(string HostId, string Mount), FillForecast>();
        foreach (var (host, reading) in metrics.Live.Snapshot())
        {
            var hours = await db.Set<FilesystemHour>().AsNoTracking().Where(h => h.HostId == host && h.Start >= since).OrderBy(h => h.Start)
                .Select(h => new { h.Mount, h.Start, h.AvailableMb }).ToListAsync(cancellationToken);
            foreach (var filesystem in hours.GroupBy(h => h.Mount))
            {
                if (reading.Latest.Filesystems.FirstOrDefault(f => f.Mount == filesystem.Key)?.AvailableGb is { } available)
                {
                    forecasts[(host, filesystem.Key)] = FillForecast.Of([.. filesystem.Select(h => (h.Start, (double)h.AvailableMb))], available * 1024, reading.Latest.CollectedAt);
                }
            }
        }

        _forecasts = forecasts;
    }

    private void Take(AlertRuleRecord rule, string key, State state, RuleFinding found, bool silent, DateTime now)
    {
        var limit = Limit(rule, found.Host);
        var (isBad, isWell) = found.IsBad is { } bad ? (bad, !bad) : Compare(rule, found.Value, limit);
        if (isWell)
        {
            state.Since = null;
            book.Close(key);
            return;
        }

        if (book.IsOpen(key))
        {
            if (isBad && !silent && time.GetElapsedTime(state.SaidAt) >= SayAgain)
            {
                state.SaidAt = time.GetTimestamp();
                book.Refresh(key, RuleWords.Of(rule, found, limit, book.OpenSince(key) ?? now));
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
            state.SaidAt = time.GetTimestamp();
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

    /// <summary>As <c>df</c> counts: without what is kept for root.</summary>
    private double? DiskPercent()
    {
        try
        {
            var drive = new DriveInfo(folder.Root);
            var (used, free) = (drive.TotalSize - drive.TotalFreeSpace, drive.AvailableFreeSpace);
            return used + free > 0 ? 100.0 * used / (used + free) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Short(string subject) =>
        subject.Length <= LongestSubject ? subject : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(subject)), 0, 16);

    /// <summary>What a rule watches of one host, by subject.</summary>
    private sealed class Watched
    {
        public Dictionary<string, State> States { get; } = new(StringComparer.Ordinal);

        /// <summary>In which look it was judged last.</summary>
        public long Look { get; set; }

        public State Of(string subject)
        {
            if (!States.TryGetValue(subject, out var state))
            {
                States[subject] = state = new State();
            }

            return state;
        }

        /// <summary>What was not found in this look is over.</summary>
        public void CloseOthers(string prefix, AlertBook book, long look)
        {
            foreach (var (subject, _) in States.Where(s => s.Value.Look != look))
            {
                book.Close(prefix + subject);
                States.Remove(subject);
            }
        }
    }

    private sealed class State
    {
        /// <summary>Since when it is trouble, by the monotonic clock.</summary>
        public long? Since { get; set; }

        public long SaidAt { get; set; }

        public long Look { get; set; }
    }

    [LoggerMessage(1811, LogLevel.Error, "The rules of the alerts met a fault and go on.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
