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
        api.MapPost("/operations/{id}/retry", async (string id, OperationService operations, CancellationToken cancellationToken) =>
                (await operations.RetryAsync(id, cancellationToken)).ToAccepted())
            .WithSummary("Do a failed operation again, as a new one that names it in retry_of; with the scope that its kind needs. RETRY_IMPOSSIBLE where that cannot be.")
            .Produces<AcceptedOperations>(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        api.MapGet("/operations/{id}/output", async (string id, OperationService operations, CancellationToken cancellationToken) =>
                (await operations.OutputAsync(id, after: 0, cancellationToken)).ToHttp())
            .WithSummary("What an operation has said so far, oldest line first: the newest 2,000 lines are kept.")
            .Produces<OperationOutput>()
            .ProducesProblems(StatusCodes.Status404NotFound);
        api.MapPost("/workers/heartbeat", async (IReadOnlyList<ReportedEnding> endings, WorkerService workers, CancellationToken cancellationToken) =>
                (await workers.ApplyAsync(endings, cancellationToken)).ToHttp())
            .WithSummary("Report how operations ended that were worked on elsewhere: one's own, or with admin any. Each is applied once, in any order and however often it is repeated.")
            .Produces<HeartbeatAnswer>()
            .ProducesProblems(StatusCodes.Status400BadRequest);
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
