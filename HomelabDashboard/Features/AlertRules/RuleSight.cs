using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Schedules;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>What the rules look at: all that is known at one moment, from memory.</summary>
internal sealed record RuleSight
{
    public required DateTime Now { get; init; }

    public required IReadOnlyDictionary<string, HostSummary> Hosts { get; init; }

    public required IReadOnlyDictionary<string, HostReading> Readings { get; init; }

    public required IReadOnlyDictionary<string, ScheduleRecord> Schedules { get; init; }

    /// <summary>Whether a schedule can be late: not while they are paused, or the clock was just set.</summary>
    public required bool SchedulesKeepTime { get; init; }

    /// <summary>By host and mount.</summary>
    public required IReadOnlyDictionary<(string HostId, string Mount), FillForecast> Forecasts { get; init; }

    public required IReadOnlyList<(string Address, int Failures)> FailedSignIns { get; init; }

    /// <summary>Of the disk that the dashboard's data are on; null where it cannot be told.</summary>
    public required double? DiskPercent { get; init; }

    /// <summary>What is older tells nothing of now.</summary>
    public required TimeSpan Oldest { get; init; }

    /// <summary>The last reading, where it is of now.</summary>
    public MetricSample? Fresh(HostSummary host) =>
        host.Status is HostStatus.Online or HostStatus.Degraded && Readings.GetValueOrDefault(host.Id) is { } reading
        && (Now - reading.Latest.CollectedAt).Duration() < Oldest ? reading.Latest : null;
}
