using Microsoft.AspNetCore.Http.Metadata;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>Refuses a body that says it is too large before any of it is read; Kestrel stops those that do not say.</summary>
internal static class BodyLimit
{
    public const long Bytes = 1024 * 1024;

    public static void Use(WebApplication app) => app.Use((context, next) =>
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is { } own ? own.MaxRequestBodySize : Bytes;
        return context.Request.ContentLength > limit
            ? ApiProblem.Create(ApiProblem.PayloadTooLarge, $"The body may have at most {limit} bytes.").ExecuteAsync(context)
            : next(context);
    });
}
