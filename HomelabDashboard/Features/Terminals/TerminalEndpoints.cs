using System.ComponentModel;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Features.Terminals;

internal static class TerminalEndpoints
{
    public static void MapSessions(this RouteGroupBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions");

        sessions.MapPost("", async (OpenSession request, TerminalService terminals, HttpContext context) =>
                (await terminals.OpenAsync(request, context.RequestAborted)).ToHttp(
                    opened => TypedResults.Created($"/api/v1/sessions/{opened.Id}", SessionAnswer.Of(opened, context.Request))))
            .RequireScope(Scopes.SessionsExecute)
            .WithSummary("Opens a terminal on a host, or with container_id inside a container on it (that needs docker:execute too). The ticket is good once, for 30 seconds.")
            .Produces<SessionAnswer>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status502BadGateway)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        sessions.MapGet("", ListAsync)
            .RequireScope(Scopes.SessionsRead)
            .WithSummary("Sessions, newest first: the caller's own, with admin everybody's.")
            .Produces<Page<SessionSummary>>().ProducesProblem(StatusCodes.Status400BadRequest);

        sessions.MapGet("/{id}", async (string id, TerminalService terminals, CancellationToken cancellationToken) =>
                (await terminals.GetAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SessionsRead)
            .WithSummary("One session.")
            .Produces<SessionSummary>().ProducesProblem(StatusCodes.Status404NotFound);

        sessions.MapPost("/{id}/ticket", async (string id, TerminalService terminals, HttpContext context) =>
                (await terminals.IssueTicketAsync(id)).ToHttp(opened => TypedResults.Ok(SessionAnswer.Of(opened, context.Request))))
            .RequireScope(Scopes.SessionsExecute)
            .WithSummary("A fresh ticket to attach again. Good once, for 30 seconds.")
            .Produces<SessionAnswer>().ProducesProblem(StatusCodes.Status404NotFound);

        sessions.MapPost("/{id}/extend", async (string id, ExtendSession? request, TerminalService terminals) =>
                (await terminals.ExtendAsync(id, request?.ExpiresIn)).ToHttp())
            .RequireScope(Scopes.SessionsExecute)
            .WithSummary("Puts the end of one's own session off, up to 30 days from its creation; counts as typing.")
            .Produces<SessionSummary>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

        sessions.MapDelete("/{id}", async (string id, TerminalService terminals, CancellationToken cancellationToken) =>
                (await terminals.CloseAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SessionsExecute)
            .WithSummary("Closes a session: one's own, with admin any.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);

        sessions.MapGet("/{id}/stats", async (string id, TerminalService terminals, CancellationToken cancellationToken) =>
                (await terminals.StatsAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SessionsRead)
            .WithSummary("Counts of a session; nothing that was typed or shown.")
            .Produces<SessionStats>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] ListQuery query, string? status, [FromQuery(Name = "host_id")] string? hostId,
        TerminalService terminals, CancellationToken cancellationToken)
    {
        if (!WordFilter.TryRead<SessionStatus>(status, "status", out var wanted, out var problem))
        {
            return problem.ToHttp();
        }

        var found = await terminals.ListAsync(new(wanted, hostId), query.Take + 1, query.After, cancellationToken);
        return TypedResults.Ok(query.PageOf(found, TerminalService.Key));
    }

    /// <summary>An opened session, and where to attach to it.</summary>
    internal sealed record SessionAnswer(
        string Id,
        string HostId,
        SessionStatus Status,
        SessionMode Mode,
        [property: Description("The SignalR hub, JSON protocol over WebSocket.")] string WebsocketUrl,
        string ConnectTicket,
        DateTime ExpiresAt,
        bool Reused)
    {
        public static SessionAnswer Of(OpenedSession opened, HttpRequest request) => new(
            opened.Id,
            opened.HostId,
            opened.Status,
            opened.Mode,
            $"{(request.IsHttps ? "wss" : "ws")}://{request.Host}{request.PathBase}{TerminalHub.Path}",
            opened.ConnectTicket,
            opened.ExpiresAt,
            opened.Reused);
    }
}
