using HomelabDashboard.Features.Accounts;

namespace HomelabDashboard.Features.Docker.Stacks;

internal static class StackEndpoints
{
    /// <param name="docker">The group <c>/api/v1/docker</c>.</param>
    public static void MapStacks(this IEndpointRouteBuilder docker)
    {
        var stacks = docker.MapGroup("/stacks").WithTags("Stacks");
        stacks.MapGet("", async (StackDesk desk, CancellationToken cancellationToken) => TypedResults.Ok(new Page<StackSummary>(await desk.ListAsync(cancellationToken), null)))
            .RequireScope(Scopes.DockerRead).WithSummary("The Compose projects of all hosts that take part, all in one page.").Produces<Page<StackSummary>>();
        stacks.MapGet("/{hostId}/{name}", async (StackDesk desk, string hostId, string name, CancellationToken cancellationToken) => (await desk.GetAsync(hostId, name, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("A project with its services and its files; their content needs docker:execute.").Produces<StackDetails>().ProducesProblems(404);
        stacks.MapPut("/{hostId}/{name}", async (StackDesk desk, HttpRequest http, string hostId, string name, StackFileInput input, bool? check, CancellationToken cancellationToken) =>
                (await desk.SaveAsync(hostId, name, input, http.Headers.IfMatch.Count == 1 ? http.Headers.IfMatch[0] : null, save: check is not true, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerExecute).WithSummary("Puts a file of a project, once Compose on its host finds it right; check=true only asks that. If-Match is the etag of the file as it was read.")
            .Produces<StackSaved>().ProducesProblems(400, 404, 409, 412, 413, 502);
        stacks.MapDelete("/{hostId}/{name}", async (StackDesk desk, string hostId, string name, CancellationToken cancellationToken) => (await desk.ForgetAsync(hostId, name, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerExecute).WithSummary("Takes a project that is down off the list; its files stay on the host.").Produces(204).ProducesProblems(404, 409);
        foreach (var verb in Enum.GetValues<StackVerb>())
        {
            stacks.MapPost($"/{{hostId}}/{{name}}/{StackOperation.KindOf(verb)}", async (StackDesk desk, string hostId, string name, CancellationToken cancellationToken) =>
                    (await desk.ActAsync(hostId, name, verb, cancellationToken)).ToAccepted())
                .RequireScope(Scopes.DockerExecute)
                .WithSummary(verb switch
                {
                    StackVerb.Deploy => "Brings a project up.",
                    StackVerb.Mutate => "Applies the files of a project to it; containers that they no longer name go.",
                    _ => "Stops and removes the containers and networks of a project; its volumes stay.",
                })
                .Produces<AcceptedOperations>(202).ProducesProblems(404, 409);
        }
    }
}
