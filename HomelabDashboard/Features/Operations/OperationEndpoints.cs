using HomelabDashboard.Features.Accounts;

namespace HomelabDashboard.Features.Operations;

public static class OperationEndpoints
{
    private const int MostIds = 500;

    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapApi().WithTags("Operations").RequireScope(Scopes.OperationsRead);
        api.MapGet("/operations", ListAsync)
            .WithSummary("List operations, newest first. ids names some, separated by commas.")
            .Produces<Page<OperationRecord>>();
        api.MapGet("/operations/{id}", async (string id, OperationService operations, CancellationToken cancellationToken) =>
                (await operations.GetAsync(id, cancellationToken)).ToHttp())
            .WithSummary("One operation.")
            .Produces<OperationRecord>()
            .ProducesProblems(StatusCodes.Status404NotFound);
        api.MapPost("/operations/{id}/cancel", async (string id, OperationService operations, CancellationToken cancellationToken) =>
                (await operations.CancelAsync(id, cancellationToken)).ToHttp())
            .WithSummary("Ask an open operation to end: one's own, or with admin any. One that is over: OPERATION_ENDED.")
            .Produces<OperationRecord>()
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        return endpoints;
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] ListQuery query, string? ids, string? status, string? target, string? kind,
        OperationService operations, CancellationToken cancellationToken)
    {
        if (!WordFilter.TryRead<OperationStatus>(status, "status", out var wanted, out var problem))
        {
            return problem.ToHttp();
        }

        var named = ids?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (named?.Length > MostIds)
        {
            return Problem.Invalid("ids", $"ids may name at most {MostIds} operations.").ToHttp();
        }

        return TypedResults.Ok(await operations.ListAsync(new(named, wanted, target, kind), query, cancellationToken));
    }
}
