using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Metrics;

/// <summary>The figures of hosts: what pages and endpoints call.</summary>
public sealed class MetricsService
{
    /// <summary>How often a host is sampled; three of these without an answer and it is offline.</summary>
    public TimeSpan Interval => throw new NotImplementedException();

    /// <summary>Needs metrics:read. The reading of each host by its id; a host that never answered has none.</summary>
    public ValueTask<LiveStore<string, HostReading>> LiveAsync() => throw new NotImplementedException();

    /// <summary>
    /// Needs metrics:read. Figures over time, by column name of host_metrics, at most <paramref name="points"/> each, gaps as null.
    /// </summary>
    public Task<Result<MetricSeries>> SeriesAsync(string hostId, IReadOnlyList<string> metrics, DateTime from, DateTime to, int points, bool band, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Needs hosts:write. Takes a full reading now. <c>OPERATION_OPEN</c> while one is under way.</summary>
    public Task<Result<OperationRecord>> CollectAsync(string hostId, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <param name="Series">By name: points of unix seconds and value; with a band, minimum and maximum as <c>name_min</c> and <c>name_max</c>.</param>
public sealed record MetricSeries(int ResolutionSeconds, IReadOnlyDictionary<string, IReadOnlyList<double?[]>> Series);
