using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Web;

namespace HomelabDashboard.Features;

/// <summary>What the rooms' endpoints share.</summary>
public static class ApiEndpoints
{
    /// <summary>The group <c>/api/v1</c>: a caller must be signed in, and a <see cref="ListQuery"/> must be right.</summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGroup("/api/v1").RequireAuthorization().AddEndpointFilter(async (context, next) =>
            context.Arguments.OfType<ListQuery>().FirstOrDefault()?.Problem is { } problem ? problem.ToHttp() : await next(context));

    /// <summary>Lets only callers with this scope in, and says so in the OpenAPI document.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(scope).WithMetadata(new ScopeMetadata(scope));

    /// <summary>200 with the value, or the problem as RFC 9457 details with its status.</summary>
    public static IResult ToHttp<T>(this Result<T> result) => result.ToHttp(value => TypedResults.Ok(value));

    /// <summary>What <paramref name="success"/> makes of the value, or the problem.</summary>
    public static IResult ToHttp<T>(this Result<T> result, Func<T, IResult> success) =>
        result.Succeeded ? success(result.Value) : result.Problem.ToHttp();

    /// <summary>204, or the problem.</summary>
    public static IResult ToHttp(this Result result) => result.Succeeded ? TypedResults.NoContent() : result.Problem.ToHttp();

    /// <summary>The problem as RFC 9457 details with its status.</summary>
    public static IResult ToHttp(this Problem problem)
    {
        var answer = ApiProblem.Create(problem.Code, problem.Message, ("errors", problem.Errors), ("operation_id", problem.OperationId));
        return problem.RetryAfter is { } wait ? new RetryAfterResult(answer, wait) : answer;
    }

    /// <summary>202 with <c>{"operation_ids": [...]}</c> and a Location, or the problem.</summary>
    public static IResult ToAccepted(this Result<OperationRecord> result) =>
        result.ToHttp(operation => TypedResults.Accepted($"/api/v1/operations/{operation.Id}", new AcceptedOperations([operation.Id])));

    /// <summary>An answer that says when to try again, in whole seconds and never 0.</summary>
    private sealed class RetryAfterResult(IResult answer, TimeSpan wait) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString("0");
            return answer.ExecuteAsync(httpContext);
        }
    }
}

/// <summary>What long work answers at once: the operations whose rows tell how it goes.</summary>
public sealed record AcceptedOperations(IReadOnlyList<string> OperationIds);

/// <summary>One page of a list; sent as <c>{"items": [...], "next_cursor": …}</c>.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
