using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HomelabDashboard.Features;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and the page at <c>/api/docs</c> that shows it.</summary>
public static class ApiDocument
{
    private const string Scheme = "bearer";

    private static readonly int[] UsualProblems = [StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden];

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) is true;
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeAsync);
    });

    public static WebApplication UseApiDocumentPage(this WebApplication app)
    {
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "api/docs";
            options.DocumentTitle = "HomelabDashboard API";
            options.SwaggerEndpoint("/openapi/v1.json", "v1");
        });
        return app;
    }

    public static void MapApiDocument(this IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi();

    /// <summary>Says in the document which statuses besides 400, 401 and 403 an endpoint refuses with.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder builder, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            builder.Produces<ProblemDetails>(status, ApiProblem.ContentType);
        }

        return builder;
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "HomelabDashboard";
        document.Info.Description =
            "Send a token as `Authorization: Bearer …`; `POST /api/v1/auth/token` makes one. Errors are RFC 9457 problem details with a stable `code`. "
            + "A browser that is signed in by cookie also sends `X-CSRF-TOKEN` with unsafe methods, with the value that `GET /api/v1/me` answers in the header of that name.";
        document.Servers = [];
        document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Scheme });
        return Task.CompletedTask;
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var isOpen = metadata.OfType<IAllowAnonymous>().Any();
        var scope = metadata.OfType<ScopeMetadata>().LastOrDefault()?.Scope;
        var needs = isOpen ? "none" : scope ?? "any";
        operation.Description = $"{operation.Description}{(operation.Description is null ? "" : "\n\n")}Scope: `{needs}`";
        operation.AddExtension("x-scope", new JsonNodeExtension(needs));
        if (!isOpen)
        {
            operation.Security = [new() { [new(Scheme, context.Document)] = scope is null ? [] : [scope] }];
        }

        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancellationToken);
        operation.Responses ??= [];
        foreach (var status in isOpen ? UsualProblems[..2] : UsualProblems)
        {
            operation.Responses.TryAdd(status.ToString(), new OpenApiResponse
            {
                Description = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [ApiProblem.ContentType] = new() { Schema = problem } },
            });
        }
    }
}
