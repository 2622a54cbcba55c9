using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Events;

public static class EventEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapEvents(this IEndpointRouteBuilder api) => api.MapGet("/events", FollowAsync)
        .WithTags("Events")
        .WithSummary(
            "Live changes of what you may read, as server-sent events: host.changed, container.changed, operation.changed, schedule.changed, "
            + "task.changed, alert.created and alert.changed (of the inbox), docker_alert.created and docker_alert.changed, each with the record, or with id and deleted. ready says where the stream begins; Last-Event-ID resumes, for at "
            + "least 5 minutes, and reset says that something was lost. Needs any scope to read something.")
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .ProducesProblems(StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests);

    private static async Task<IResult> FollowAsync(HttpContext context, EventService events, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        long? after = last.Length == 0 ? null : long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0;
        var steps = await events.FollowAsync(after, cancellationToken);
        return steps.ToHttp(found => new EventStream(found, json.Value.SerializerOptions));
    }

    /// <summary>Written by hand because the framework's own writer has no comments, which keep a quiet stream alive.</summary>
    private sealed class EventStream(IAsyncEnumerable<EventStep> steps, JsonSerializerOptions json) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache,no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            var first = true;
            try
            {
                await foreach (var step in steps.WithCancellation(httpContext.RequestAborted))
                {
                    await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Text(step, first)), httpContext.RequestAborted);
                    await response.Body.FlushAsync(httpContext.RequestAborted);
                    first = false;
                }
            }
            catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
            {
            }
        }

        private string Text(EventStep step, bool first)
        {
            var id = step.Place.ToString(CultureInfo.InvariantCulture);
            return step switch
            {
                { Event: { } happened } => $"id: {id}\nevent: {happened.Name}\ndata: {JsonSerializer.Serialize(happened.Data, happened.Data.GetType(), json)}\n\n",
                { IsReset: true } => $"id: {id}\nevent: reset\ndata: {{}}\n\n",
                _ when first => $"id: {id}\nevent: ready\ndata: {{}}\n\n",

                // An id alone is no event, but the place from which the stream is resumed.
                _ => $"id: {id}\n: quiet\n\n",
            };
        }
    }
}
