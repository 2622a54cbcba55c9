using System.ComponentModel;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>A request that could not be read is answered with the field that is wrong, and never with the reader's own words.</summary>
internal sealed partial class BadRequests : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (exception is not BadHttpRequestException bad)
        {
            return false;
        }

        if (!WebSetup.IsForPrograms(httpContext.Request.Path))
        {
            httpContext.Response.StatusCode = bad.StatusCode;
            return true;
        }

        var answer = bad switch
        {
            { StatusCode: not StatusCodes.Status400BadRequest } => ApiProblem.ForStatus(bad.StatusCode),
            { InnerException: JsonException json } => OfJson(json),
            _ when Parameter().Match(bad.Message) is { Success: true } match => OfParameter(match),
            _ => ApiProblem.ForStatus(StatusCodes.Status400BadRequest),
        };
        await answer.ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>
    /// What is told of a status without words. An optional parameter that cannot be read ends as a bare 400, of which only the endpoint
    /// knows more: its parameters are looked through for the one that is wrong.
    /// </summary>
    public static JsonHttpResult<ProblemDetails> OfStatus(HttpContext httpContext)
    {
        var wrong = httpContext.Response.StatusCode == StatusCodes.Status400BadRequest
            ? httpContext.GetEndpoint()?.Metadata.OfType<IParameterBindingMetadata>().FirstOrDefault(p => p.HasTryParse && !CanRead(p, httpContext.Request))
            : null;
        return wrong is null ? ApiProblem.ForStatus(httpContext.Response.StatusCode) : OfKind(NameOf(wrong));
    }

    private static bool CanRead(IParameterBindingMetadata parameter, HttpRequest request)
    {
        var type = parameter.ParameterInfo.ParameterType;
        return request.Query[NameOf(parameter)] is not [{ Length: > 0 } text, ..]
            || TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).IsValid(text);
    }

    private static string NameOf(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttributes(inherit: true).OfType<IFromQueryMetadata>().FirstOrDefault()?.Name
        ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name);

    private static JsonHttpResult<ProblemDetails> OfJson(JsonException json)
    {
        var path = json.Path is ['$', '.', .. var field] ? field : null;
        if (Missing().Match(json.Message) is { Success: true } missing)
        {
            var names = Quoted().Matches(missing.Groups["names"].Value).Select(m => m.Groups["name"].Value).ToList();
            return ApiProblem.Create(
                ApiProblem.ValidationFailed,
                $"These are missing: {string.Join(", ", names)}.",
                ("errors", names.ToDictionary(n => n, _ => new[] { "This is missing." })));
        }

        if (Unknown().Match(json.Message) is { Success: true } unknown)
        {
            var name = unknown.Groups["name"].Value;
            return ApiProblem.Invalid(name, $"There is no field '{(name.Length <= 100 ? name : name[..100])}' here.");
        }

        return path is null
            ? ApiProblem.Create(ApiProblem.ValidationFailed, "The body is not the JSON that is expected here.")
            : OfKind(path);
    }

    private static JsonHttpResult<ProblemDetails> OfParameter(Match match)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value);
        return match.Groups["what"].Value.StartsWith("Failed", StringComparison.Ordinal) ? OfKind(name) : ApiProblem.Invalid(name, $"'{name}' is missing.");
    }

    private static JsonHttpResult<ProblemDetails> OfKind(string name) => ApiProblem.Invalid(name, $"The value of '{name}' is not of the kind that is expected here.");

    [GeneratedRegex("^(?<what>Failed to bind parameter|Required parameter) \"(?:[^\"]* )?(?<name>[^ \"]+)\"", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Parameter();

    [GeneratedRegex("missing required properties including: (?<names>.*)\\.", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Missing();

    [GeneratedRegex("'(?<name>[^']+)'", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Quoted();

    [GeneratedRegex("^The JSON property '(?<name>[^']*)' could not be mapped", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Unknown();
}
