namespace HomelabDashboard.Features;

/// <summary>What the rooms' endpoints share.</summary>
public static class ApiEndpoints
{
    /// <summary>The group <c>/api/v1</c>.</summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder endpoints) => throw new NotImplementedException();

    /// <summary>Lets only callers with this scope in, and says so in the OpenAPI document.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder => throw new NotImplementedException();

    /// <summary>200 with the value, or the problem as RFC 9457 details with its status.</summary>
    public static IResult ToHttp<T>(this Result<T> result) => throw new NotImplementedException();

    /// <summary>What <paramref name="success"/> makes of the value, or the problem.</summary>
    public static IResult ToHttp<T>(this Result<T> result, Func<T, IResult> success) => throw new NotImplementedException();

    /// <summary>204, or the problem.</summary>
    public static IResult ToHttp(this Result result) => throw new NotImplementedException();

    /// <summary>202 with <c>{"operation_ids": [...]}</c> and a Location, or the problem.</summary>
    public static IResult ToAccepted(this Result<Operations.OperationRecord> result) => throw new NotImplementedException();
}

/// <summary>One page of a list; sent as <c>{"items": [...], "next_cursor": …}</c>.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
