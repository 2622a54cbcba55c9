using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker.Stacks;
using HomelabDashboard.Infrastructure.DockerEngine;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Features.Docker;

internal static class DockerEndpoints
{
    private const int DefaultTail = 500;

    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapDocker(this IEndpointRouteBuilder api)
    {
        api.MapFavorites();
        var docker = api.MapGroup("/docker").WithTags("Docker");
        docker.MapStacks();
        docker.MapGet("/containers", ListAsync).RequireScope(Scopes.DockerRead).WithSummary("The containers of all hosts that take part, in the order in which they became known. q is looked for in name, image and project.")
            .Produces<Page<ContainerSummary>>();
        docker.MapGet("/containers/{id:int}", async (DockerService service, int id) => (await service.GetAsync(id)).ToHttp()).RequireScope(Scopes.DockerRead).WithSummary("One container.")
            .Produces<ContainerSummary>().ProducesProblems(404);
        foreach (var verb in Enum.GetValues<ContainerVerb>())
        {
            var word = verb.ToString().ToLowerInvariant();
            docker.MapPost($"/containers/{{id:int}}/{word}", async (DockerService service, int id, CancellationToken cancellationToken) => (await service.ActAsync(id, verb, cancellationToken)).ToAccepted())
                .RequireScope(Scopes.DockerExecute).WithSummary($"Has the engine {word} a container. While the same is under way: OPERATION_OPEN.")
                .Produces<AcceptedOperations>(202).ProducesProblems(404, 409, 502);
        }

        docker.MapDelete("/containers/{id:int}", async (DockerService service, int id, CancellationToken cancellationToken) => (await service.ActAsync(id, null, cancellationToken)).ToAccepted())
            .RequireScope(Scopes.DockerExecute).WithSummary("Removes a container, also one that runs, with its anonymous volumes.")
            .Produces<AcceptedOperations>(202).ProducesProblems(404, 409, 502);
        docker.MapGet("/containers/{id:int}/logs", LogsAsync).RequireScope(Scopes.DockerRead)
            .WithSummary("A container's log as plain lines without control characters: the last 500, or tail (a number or all), or from since on (RFC 3339). timestamps=true puts the time before each. follow=true sends each line as a server-sent event, also those to come.")
            .Produces<string>(200, "text/plain").ProducesProblems(404, 502);
        docker.MapGet("/images", async (DockerService service, [AsParameters] ListQuery query, [FromQuery(Name = "host_id")] string? hostId, CancellationToken cancellationToken) =>
            Paged(query, await service.ImagesAsync(hostId, cancellationToken), i => i.Id)).RequireScope(Scopes.DockerRead).WithSummary("The images of all hosts that take part.")
            .Produces<Page<ImageSummary>>();
        docker.MapGet("/volumes", async (DockerService service, [AsParameters] ListQuery query, [FromQuery(Name = "host_id")] string? hostId, CancellationToken cancellationToken) =>
            Paged(query, await service.VolumesAsync(hostId, cancellationToken), v => v.Id)).RequireScope(Scopes.DockerRead).WithSummary("The volumes of all hosts that take part.")
            .Produces<Page<VolumeSummary>>();
        docker.MapDelete("/images/{id:int}", async (DockerService service, int id, CancellationToken cancellationToken) => (await service.RemoveAsync(StoredKind.Image, id, cancellationToken)).ToAccepted())
            .RequireScope(Scopes.DockerExecute).WithSummary("Removes an image with all its tags; one that a container uses stays, and the operation says so.")
            .Produces<AcceptedOperations>(202).ProducesProblems(404, 409, 502);
        docker.MapDelete("/volumes/{id:int}", async (DockerService service, int id, CancellationToken cancellationToken) => (await service.RemoveAsync(StoredKind.Volume, id, cancellationToken)).ToAccepted())
            .RequireScope(Scopes.DockerExecute).WithSummary("Removes a volume and what is in it; one that a container uses stays, and the operation says so.")
            .Produces<AcceptedOperations>(202).ProducesProblems(404, 409, 502);
        docker.MapGet("/hosts/{hostId}/prune", async (DockerService service, string hostId, CancellationToken cancellationToken) => (await service.PreviewAsync(hostId, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("What would go from a host if it were pruned now, kind by kind, and how much room that would free.")
            .Produces<IReadOnlyList<PrunePreview>>().ProducesProblems(502);
        docker.MapPost("/hosts/{hostId}/prune", async (DockerService service, string hostId, PruneRequest request, CancellationToken cancellationToken) =>
                (await service.PruneAsync(hostId, request.Kinds, cancellationToken)).ToHttp(asked => TypedResults.Accepted($"/api/v1/operations?ids={string.Join(',', asked.Select(o => o.Id))}", new AcceptedOperations([.. asked.Select(o => o.Id)]))))
            .RequireScope(Scopes.DockerExecute).WithSummary("Removes what nothing uses; an operation for each of kinds.")
            .Produces<AcceptedOperations>(202).ProducesProblems(400, 404, 409, 502);
        docker.MapGet("/alerts", AlertsAsync).RequireScope(Scopes.AlertsRead).WithSummary("Troubles of containers, newest first. One closes by itself when its trouble is over.")
            .Produces<Page<DockerAlertSummary>>();
        docker.MapPost("/alerts/{id:long}/acknowledge", async (DockerAlertService service, long id, CancellationToken cancellationToken) => (await service.AcknowledgeAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.AlertsWrite).WithSummary("Says that you have seen it: it is not notified about again.")
            .Produces<DockerAlertSummary>().ProducesProblems(404);
        docker.MapPost("/alerts/{id:long}/close", async (DockerAlertService service, long id, CancellationToken cancellationToken) => (await service.CloseAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.AlertsWrite).WithSummary("Closes it though its trouble goes on; it opens again when the trouble comes anew.")
            .Produces<DockerAlertSummary>().ProducesProblems(404);
    }

    private static async Task<IResult> AlertsAsync(
        DockerAlertService service, [AsParameters] ListQuery query, string? state, [FromQuery(Name = "host_id")] string? hostId, CancellationToken cancellationToken)
    {
        if (!WordFilter.TryRead<DockerAlertState>(state, "state", out var wanted, out var problem))
        {
            return problem.ToHttp();
        }

        long? before = null;
        if (query.After is { } after)
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                return Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.").ToHttp();
            }

            before = last;
        }

        return TypedResults.Ok(query.PageOf(await service.ListAsync(wanted, hostId, before, query.Take + 1, cancellationToken), a => a.Id.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> ListAsync(
        DockerService service, [AsParameters] ListQuery query, [FromQuery(Name = "host_id")] string? hostId, string? state,
        [FromQuery(Name = "compose_project")] string? project, string? q)
    {
        var containers = (await service.ContainersAsync()).Snapshot().Values
            .Where(c => (hostId is null || c.HostId == hostId) && (state is null || c.State == state) && (project is null || c.ComposeProject == project)
                && (string.IsNullOrWhiteSpace(q) || new[] { c.Name, c.Image, c.ComposeProject }.Any(t => t?.Contains(q.Trim(), StringComparison.OrdinalIgnoreCase) is true)));
        return Paged(query, containers.OrderBy(c => c.Id), c => c.Id);
    }

    private static IResult Paged<T>(ListQuery query, IEnumerable<T> items, Func<T, int> id)
    {
        if (query.After is { } after)
        {
            if (!int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                return Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.").ToHttp();
            }

            items = items.Where(i => id(i) > last);
        }

        return TypedResults.Ok(query.PageOf([.. items.Take(query.Take + 1)], i => id(i).ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> LogsAsync(
        HttpContext context, DockerService service, int id, string? tail, string? since, bool? follow, bool? timestamps, CancellationToken cancellationToken)
    {
        DateTimeOffset from = default;
        if (since is not null && !DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out from))
        {
            return Problem.Invalid("since", "A time is written as 2026-03-01T12:00:00Z.").ToHttp();
        }

        int? lines = since is null ? DefaultTail : null;
        if (tail is "all")
        {
            lines = null;
        }
        else if (tail is not null)
        {
            if (!int.TryParse(tail, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return Problem.Invalid("tail", "tail is a number of lines, or all.").ToHttp();
            }

            lines = count;
        }

        var batches = service.LogsAsync(id, new(lines, since is null ? null : from.UtcDateTime, follow == true), cancellationToken).GetAsyncEnumerator(cancellationToken);
        context.Response.RegisterForDisposeAsync(batches);

        // A refusal comes first, and then it is an answer of its own.
        var any = await batches.MoveNextAsync();
        if (any && !batches.Current.Succeeded)
        {
            return batches.Current.Problem.ToHttp();
        }

        return follow == true
            ? TypedResults.ServerSentEvents(EventsAsync(batches, any, timestamps == true, cancellationToken))
            : TypedResults.Stream(body => WriteAsync(batches, any, timestamps == true, body, cancellationToken), "text/plain; charset=utf-8", $"container-{id.ToString(CultureInfo.InvariantCulture)}.log");
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        IAsyncEnumerator<Result<IReadOnlyList<LogLine>>> batches, bool any, bool timestamps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (; any && !cancellationToken.IsCancellationRequested; any = await batches.MoveNextAsync())
        {
            if (!batches.Current.Succeeded)
            {
                yield return new(batches.Current.Problem.Message, "problem");
                yield break;
            }

            foreach (var line in batches.Current.Value)
            {
                yield return new(Text(line, timestamps), line.IsError ? "stderr" : "stdout");
            }
        }
    }

    private static async Task WriteAsync(IAsyncEnumerator<Result<IReadOnlyList<LogLine>>> batches, bool any, bool timestamps, Stream body, CancellationToken cancellationToken)
    {
        for (; any; any = await batches.MoveNextAsync())
        {
            // It is cut off here: the one who reads sees that it is not whole.
            if (!batches.Current.Succeeded)
            {
                throw new IOException(batches.Current.Problem.Message);
            }

            var text = new StringBuilder();
            foreach (var line in batches.Current.Value)
            {
                text.Append(Text(line, timestamps)).Append('\n');
            }

            await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        }
    }

    private static string Text(LogLine line, bool timestamps) =>
        (timestamps && line.At is { } at ? at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture) : "") + LogText.Plain(line.Text);
}
