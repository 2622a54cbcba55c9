using HomelabDashboard.Features.Accounts;
using Microsoft.Net.Http.Headers;

namespace HomelabDashboard.Features.Docker;

internal static class FavoriteEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapFavorites(this IEndpointRouteBuilder api)
    {
        var groups = api.MapGroup("/favorites/groups").WithTags("Favorites");
        groups.MapGet("", async (FavoriteService service, CancellationToken cancellationToken) => TypedResults.Ok(new Page<FavoriteGroupRecord>((await service.GetAsync(cancellationToken)).Groups, null)))
            .RequireScope(Scopes.DockerRead).WithSummary("The caller's groups of favourites, in their order.").Produces<Page<FavoriteGroupRecord>>();
        groups.MapGet("/{id:int}", async (FavoriteService service, int id, CancellationToken cancellationToken) =>
                Found((await service.GetAsync(cancellationToken)).Groups.FirstOrDefault(g => g.Id == id), "group").ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("One of the caller's groups.").Produces<FavoriteGroupRecord>().ProducesProblems(404);
        groups.MapPost("", async (FavoriteService service, FavoriteGroupInput input, CancellationToken cancellationToken) =>
                (await service.AddGroupAsync(input, cancellationToken)).ToHttp(g => TypedResults.Created($"/api/v1/favorites/groups/{g.Id}", g)))
            .RequireScope(Scopes.DockerRead).WithSummary("Adds a group, at the end or at sort_order.").Produces<FavoriteGroupRecord>(201).ProducesProblems(400);
        groups.MapPatch("/{id:int}", async (FavoriteService service, int id, FavoriteGroupInput input, CancellationToken cancellationToken) =>
                (await service.ChangeGroupAsync(id, input, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("Changes what is given; an empty color or icon_key is taken away, and sort_order moves it to that place.").Produces<FavoriteGroupRecord>().ProducesProblems(400, 404);
        groups.MapDelete("/{id:int}", async (FavoriteService service, int id, CancellationToken cancellationToken) => (await service.RemoveGroupAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("Removes a group; its favourites stay, in no group.").Produces(204).ProducesProblems(404);

        var containers = api.MapGroup("/favorites/containers").WithTags("Favorites");
        containers.MapGet("", async (FavoriteService service, CancellationToken cancellationToken) => TypedResults.Ok(new Page<FavoriteRecord>((await service.GetAsync(cancellationToken)).Containers, null)))
            .RequireScope(Scopes.DockerRead).WithSummary("The caller's favourite containers, in their order.").Produces<Page<FavoriteRecord>>();
        containers.MapGet("/{id:int}", async (FavoriteService service, int id, CancellationToken cancellationToken) =>
                Found((await service.GetAsync(cancellationToken)).Containers.FirstOrDefault(f => f.Id == id), "favourite").ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("One of the caller's favourite containers.").Produces<FavoriteRecord>().ProducesProblems(404);
        containers.MapPost("", async (FavoriteService service, FavoriteInput input, CancellationToken cancellationToken) =>
                (await service.AddAsync(input, cancellationToken)).ToHttp(f => TypedResults.Created($"/api/v1/favorites/containers/{f.Id}", f)))
            .RequireScope(Scopes.DockerRead).WithSummary("Makes a container a favourite, at the end of its group or at sort_order; one that is one already is moved.").Produces<FavoriteRecord>(201).ProducesProblems(400, 404);
        containers.MapPatch("/{id:int}", async (FavoriteService service, int id, FavoriteInput input, CancellationToken cancellationToken) =>
                input.DockerContainerId is null ? (await service.MoveAsync(id, input, cancellationToken)).ToHttp() : Problem.Invalid("docker_container_id", "A favourite keeps its container; remove it and add another.").ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("Moves a favourite into another group (0: into none) or to another place.").Produces<FavoriteRecord>().ProducesProblems(400, 404);
        containers.MapDelete("/{id:int}", async (FavoriteService service, int id, CancellationToken cancellationToken) => (await service.RemoveAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("The container is no favourite any more.").Produces(204).ProducesProblems(404);

        var looks = api.MapGroup("/docker/containers/{id:int}/customization").WithTags("Favorites");
        looks.MapGet("", async (FavoriteService service, int id, CancellationToken cancellationToken) => (await service.CustomizationAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("How the caller has a container look.").Produces<CustomizationRecord>().ProducesProblems(404);
        looks.MapPut("", async (FavoriteService service, int id, CustomizationRecord input, CancellationToken cancellationToken) => (await service.CustomizeAsync(id, input, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("Gives a container an icon by its common name (jellyfin, mdi-server) and colours as #rrggbb.").Produces<CustomizationRecord>().ProducesProblems(400, 404);
        looks.MapDelete("", async (FavoriteService service, int id, CancellationToken cancellationToken) => (await service.ResetAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.DockerRead).WithSummary("The container looks as it would by itself.").Produces(204).ProducesProblems(404);

        api.MapGet("/icons/{key}.svg", (ServiceIcons icons, HttpContext context, string key) =>
            {
                if (icons.Svg(key) is not { } svg)
                {
                    return Problem.NotFound("icon").ToHttp();
                }

                context.Response.Headers[HeaderNames.CacheControl] = "private, max-age=604800";
                return TypedResults.Text(svg, "image/svg+xml");
            })
            .WithTags("Favorites").RequireScope(Scopes.DockerRead).WithSummary("An icon that the dashboard ships, as an SVG of one shape.").Produces<string>(200, "image/svg+xml").ProducesProblems(404);
    }
    private static Result<T> Found<T>(T? item, string what)
        where T : class => item is null ? Problem.NotFound(what) : item;
}
