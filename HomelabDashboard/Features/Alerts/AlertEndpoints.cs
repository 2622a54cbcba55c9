using System.Globalization;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Features.Alerts;

internal static class AlertEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts");
        alerts.MapGet("", ListAsync).RequireScope(Scopes.AlertsRead)
            .WithSummary("The inbox, newest first. A trouble is open until it is over; what has no key is news and closed from the start. unread=true: only what nobody has read.")
            .Produces<Page<AlertRecord>>();
        alerts.MapPost("/{id:long}/read", async (AlertService service, long id, CancellationToken cancellationToken) => (await service.ReadAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.AlertsWrite).WithSummary("Says that it was read.").Produces<AlertRecord>().ProducesProblems(404);
        alerts.MapPost("/{id:long}/acknowledge", async (AlertService service, long id, CancellationToken cancellationToken) => (await service.AcknowledgeAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.AlertsWrite).WithSummary("Says that you see to an open one; it is read too.").Produces<AlertRecord>().ProducesProblems(404);
        alerts.MapPost("/read-all", async (AlertService service, CancellationToken cancellationToken) => TypedResults.Ok(new AlertsRead(await service.ReadAllAsync(cancellationToken))))
            .RequireScope(Scopes.AlertsWrite).WithSummary("Says of all that they were read.").Produces<AlertsRead>();
    }

    private static async Task<IResult> ListAsync(
        AlertService service, [AsParameters] ListQuery query, bool? unread, string? category, string? level, string? state, [FromQuery(Name = "host_id")] string? hostId,
        CancellationToken cancellationToken)
    {
        if (!WordFilter.TryRead<AlertCategory>(category, "category", out var ofCategory, out var problem)
            || !WordFilter.TryRead<AlertLevel>(level, "level", out var ofLevel, out problem)
            || !WordFilter.TryRead<AlertState>(state, "state", out var inState, out problem))
        {
            return problem.ToHttp();
        }

        long? before = null;
        if (query.After is { } text)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                return Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.").ToHttp();
            }

            before = id;
        }

        var found = await service.ListAsync(new AlertFilter(inState, unread, ofCategory, ofLevel, hostId), before, query.Take + 1, cancellationToken);
        return TypedResults.Ok(query.PageOf(found, a => a.Id.ToString(CultureInfo.InvariantCulture)));
    }
}

/// <param name="Read">How many were unread before.</param>
public sealed record AlertsRead(int Read);
