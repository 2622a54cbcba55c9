using System.Globalization;
using System.Text.Json.Nodes;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Features.Metrics;

internal static class MetricsEndpoints
{
    private const int DefaultPoints = 300;
    private const string DefaultMetrics = "cpu_usage_percent,memory_usage_percent,disk_root_usage_percent";

    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapHostMetrics(this IEndpointRouteBuilder api)
    {
        var hosts = api.MapGroup("/hosts/{id}").WithTags("Metrics");
        hosts.MapGet("/metrics/latest", LatestAsync).RequireScope(Scopes.MetricsRead).WithSummary("The newest reading, with every column of host_metrics.")
            .Produces<JsonObject>().ProducesProblems(404);
        hosts.MapGet("/metrics", SeriesAsync).RequireScope(Scopes.MetricsRead).WithSummary("Figures over time; the last hour when no times are given.")
            .Produces<MetricSeries>().ProducesProblems(400, 404);
        hosts.MapPost("/collect", CollectAsync).RequireScope(Scopes.HostsWrite).WithSummary("Takes a full reading now.")
            .Produces(202).ProducesProblems(404, 409);
    }

    private static async Task<IResult> LatestAsync(MetricsService service, string id, [FromQuery(Name = "include_deleted")] bool? includeDeleted, CancellationToken cancellationToken) =>
        (await service.LatestAsync(id, includeDeleted == true, cancellationToken)).ToHttp();

    private static async Task<IResult> SeriesAsync(
        MetricsService service, TimeProvider time, string id, string? metrics, string? from, string? to, int? points, bool? band,
        [FromQuery(Name = "include_deleted")] bool? includeDeleted, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow().UtcDateTime;
        if (to is not null && !TryRead(to, out until))
        {
            return Refuse("to");
        }

        if (until < DateTime.UnixEpoch.AddHours(1))
        {
            return Refuse("to");
        }

        var since = until - TimeSpan.FromHours(1);
        if (from is not null && !TryRead(from, out since))
        {
            return Refuse("from");
        }

        var names = (metrics ?? DefaultMetrics).Split(',', 64, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (await service.SeriesAsync(id, names, since, until, points ?? DefaultPoints, band == true, includeDeleted == true, cancellationToken)).ToHttp();
    }

    private static async Task<IResult> CollectAsync(MetricsService service, string id, CancellationToken cancellationToken) =>
        (await service.CollectAsync(id, cancellationToken)).ToAccepted();

    private static IResult Refuse(string field) => Problem.Invalid(field, "A time is written as 2026-03-01T12:00:00Z, or as unix seconds.").ToHttp();

    private static bool TryRead(string text, out DateTime time)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800)
        {
            time = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime;
            return true;
        }

        var read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed);
        time = parsed.UtcDateTime;
        return read;
    }
}
