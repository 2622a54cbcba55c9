using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>Every refusal of the HTTP API: RFC 9457 problem details with a stable <c>code</c>, whose status is decided here alone.</summary>
public static class ApiProblem
{
    public const string ContentType = "application/problem+json";

    public const string ValidationFailed = "VALIDATION_FAILED";
    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string Forbidden = "FORBIDDEN";
    public const string AntiforgeryFailed = "ANTIFORGERY_FAILED";
    public const string NotFound = "NOT_FOUND";
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";
    public const string PreconditionFailed = "PRECONDITION_FAILED";
    public const string PayloadTooLarge = "PAYLOAD_TOO_LARGE";
    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";
    public const string QuotaExceeded = "QUOTA_EXCEEDED";
    public const string RateLimited = "RATE_LIMITED";
    public const string InternalError = "INTERNAL_ERROR";
    public const string HostUnreachable = "HOST_UNREACHABLE";
    public const string UpstreamFailed = "UPSTREAM_FAILED";
    public const string Unavailable = "UNAVAILABLE";

    /// <summary>The status of a code; a code that is not named here is a conflict's own.</summary>
    public static int StatusOf(string code) => code switch
    {
        ValidationFailed or AntiforgeryFailed => StatusCodes.Status400BadRequest,
        Unauthenticated => StatusCodes.Status401Unauthorized,
        Forbidden => StatusCodes.Status403Forbidden,
        NotFound => StatusCodes.Status404NotFound,
        MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        PayloadTooLarge => StatusCodes.Status413PayloadTooLarge,
        UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        QuotaExceeded or RateLimited => StatusCodes.Status429TooManyRequests,
        InternalError => StatusCodes.Status500InternalServerError,
        HostUnreachable or UpstreamFailed => StatusCodes.Status502BadGateway,
        Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status409Conflict,
    };

    /// <summary>The problem as an answer.</summary>
    /// <param name="members">Further members of the body, by their snake_case names; those that are null are left out.</param>
    public static JsonHttpResult<ProblemDetails> Create(string code, string detail, params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var status = StatusOf(code);
        var problem = new ProblemDetails
        {
            Type = "about:blank",
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = detail,
            Extensions = { ["code"] = code },
        };
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                problem.Extensions[name] = value;
            }
        }

        return TypedResults.Json(problem, contentType: ContentType, statusCode: status);
    }

    /// <summary>A refused value: the field in the API's snake_case, and what is wrong with it.</summary>
    public static JsonHttpResult<ProblemDetails> Invalid(string field, string message) =>
        Create(ValidationFailed, message, ("errors", new Dictionary<string, string[]> { [field] = [message] }));

    /// <summary>The answer for a status that the framework gave without a body.</summary>
    public static JsonHttpResult<ProblemDetails> ForStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Create(Unauthenticated, "Sign in, or send a valid token as 'Authorization: Bearer …'."),
        StatusCodes.Status403Forbidden => Create(Forbidden, "You may not do this."),
        StatusCodes.Status404NotFound => Create(NotFound, "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => Create(MethodNotAllowed, "This address does not take that method; the Allow header says which it takes."),
        StatusCodes.Status413PayloadTooLarge => Create(PayloadTooLarge, "The body is too large."),
        StatusCodes.Status415UnsupportedMediaType => Create(UnsupportedMediaType, "Send the body as JSON, with 'Content-Type: application/json'."),
        StatusCodes.Status429TooManyRequests => Create(RateLimited, "Too many requests. Try again later."),
        StatusCodes.Status503ServiceUnavailable => Create(Unavailable, "This is not available at the moment. Try again later."),
        >= 500 => Create(InternalError, "Something went wrong in the dashboard. Its log says more."),
        _ => Create(ValidationFailed, "The request could not be read."),
    };
}
