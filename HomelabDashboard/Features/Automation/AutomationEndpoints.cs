using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HomelabDashboard.Features.Automation;

public static class AutomationEndpoints
{
    private const int UsualLines = 500;

    public static IEndpointRouteBuilder MapAutomation(this IEndpointRouteBuilder api)
    {
        var reading = api.MapGroup("").WithTags("Automation").RequireScope(Scopes.PlaybooksRead);
        reading.MapGet("/playbooks", async (AutomationService automation, CancellationToken cancellationToken) =>
                TypedResults.Ok(new Page<PlaybookSummary>(await automation.PlaybooksAsync(cancellationToken), null)))
            .WithSummary("List the playbooks, with their last run and lint score.");
        reading.MapGet("/playbooks/{name}", ReadAsync)
            .WithSummary("A playbook's text, with its ETag.")
            .Produces<PlaybookText>()
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge);
        reading.MapGet("/playbooks/{name}/lint", async (string name, PlaybookService playbooks, CancellationToken cancellationToken) =>
                await playbooks.LintResultAsync(name, cancellationToken) is { } lint ? TypedResults.Ok(lint) : Problem.NotFound("check").ToHttp())
            .WithSummary("What the last check said: the score, 100 less 40 for each blocker, 8 for a critical, 4 for a major, 2 for a minor and 1 for an info finding, and the issues.")
            .Produces<PlaybookLint>()
            .ProducesProblems(StatusCodes.Status404NotFound);
        reading.MapGet("/tasks/{id}/events", EventsAsync)
            .WithSummary("A run as it happens, as server-sent events: play, task, start, result and stats as the run's callback tells them, output with from_line and lines, and end. Last-Event-ID resumes. tree_cut: there were more events than are kept; the output has what came after them.")
            .ProducesProblems(StatusCodes.Status404NotFound);
        reading.MapGet("/tasks", ListAsync)
            .WithSummary("List runs, newest first. host_id: those that touched a host.")
            .Produces<Page<RunRecord>>();
        reading.MapGet("/tasks/{id}", async (string id, AutomationService automation, CancellationToken cancellationToken) =>
                (await automation.GetAsync(id, cancellationToken)).ToHttp())
            .WithSummary("One run. tree_cut: it had more tasks, hosts or events than are kept of them one by one.")
            .Produces<RunRecord>()
            .ProducesProblems(StatusCodes.Status404NotFound);
        reading.MapGet("/tasks/{id}/output", async (string id, long? from_line, int? limit, AutomationService automation, CancellationToken cancellationToken) =>
                (await automation.OutputAsync(id, from_line ?? 0, limit ?? UsualLines, cancellationToken)).ToHttp())
            .WithSummary("Lines of the output, with ANSI colours: up to 2000 from a line on, counted from 0, or from the end where it is below 0.")
            .Produces<RunLines>()
            .ProducesProblems(StatusCodes.Status404NotFound);
        reading.MapGet("/tasks/{id}/output/search", async (string id, string q, AutomationService automation, CancellationToken cancellationToken) =>
                (await automation.FindAsync(id, q, cancellationToken)).ToHttp(lines => TypedResults.Ok(new FoundLines(lines))))
            .WithSummary("The numbers of the lines that hold a text, whatever its case; 10,000 at most.")
            .Produces<FoundLines>()
            .ProducesProblems(StatusCodes.Status404NotFound);

        var executing = api.MapGroup("").WithTags("Automation").RequireScope(Scopes.PlaybooksExecute);
        executing.MapPost("/playbooks/{name}/run", RunAsync)
            .WithSummary("Run a playbook. target: all, host:<id>, group:<name>, or a pattern of Ansible's.")
            .Produces<AcceptedRun>(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        executing.MapPut("/playbooks/{name}", SaveAsync)
            .WithSummary("Write a playbook. If-Match: the ETag of the text it was made from, or none for a new one; PRECONDITION_FAILED when it is another one by now.")
            .Produces<PlaybookText>()
            .ProducesProblems(StatusCodes.Status412PreconditionFailed, StatusCodes.Status413PayloadTooLarge);
        executing.MapDelete("/playbooks/{name}", async (string name, HttpRequest request, PlaybookService playbooks, CancellationToken cancellationToken) =>
                (await playbooks.DeleteAsync(name, Matched(request), cancellationToken)).ToHttp())
            .WithSummary("Delete a playbook. Its versions stay.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed, StatusCodes.Status413PayloadTooLarge);
        executing.MapPost("/playbooks/{name}/lint", async (string name, PlaybookService playbooks, CancellationToken cancellationToken) =>
                (await playbooks.LintAsync(name, cancellationToken)).ToAccepted())
            .WithSummary("Have ansible-lint check a playbook.")
            .Produces<AcceptedOperations>(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        executing.MapPost("/tasks/{id}/rerun", async (string id, RerunOrder order, AutomationService automation, CancellationToken cancellationToken) =>
                ToAccepted(await automation.RerunAsync(id, order.FailedOnly is true, order.BecomePassword, cancellationToken)))
            .WithSummary("Run the same again, or on the hosts alone that failed. SECRETS_GONE: it had a password for sudo or variables that are not kept; a password is given as become_password.")
            .Produces<AcceptedRun>(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        executing.MapPost("/tasks/{id}/cancel", async (string id, AutomationService automation, CancellationToken cancellationToken) =>
                (await automation.CancelAsync(id, cancellationToken)).ToHttp())
            .WithSummary("End a run with everything it has started: one's own, or with admin any. One that is over: RUN_ENDED.")
            .Produces<RunRecord>()
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        return api;
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] ListQuery query, string? status, string? playbook, string? host_id, AutomationService automation, CancellationToken cancellationToken) =>
        WordFilter.TryRead<AutomationTaskStatus>(status, "status", out var wanted, out var problem)
            ? TypedResults.Ok(await automation.ListAsync(new(wanted, playbook, host_id), query, cancellationToken))
            : problem.ToHttp();

    private static async Task<IResult> ReadAsync(string name, HttpResponse response, PlaybookService playbooks, CancellationToken cancellationToken)
    {
        var text = await playbooks.ReadAsync(name, cancellationToken);
        return text.ToHttp(found => Tagged(response, found));
    }

    private static async Task<IResult> SaveAsync(string name, PlaybookOrder order, HttpRequest request, HttpResponse response, PlaybookService playbooks, CancellationToken cancellationToken)
    {
        var saved = await playbooks.SaveAsync(name, order.Content, Matched(request), cancellationToken);
        return saved.ToHttp(text => Tagged(response, text));
    }

    private static Ok<PlaybookText> Tagged(HttpResponse response, PlaybookText text)
    {
        response.Headers.ETag = $"\"{text.Hash}\"";
        return TypedResults.Ok(text);
    }

    private static string? Matched(HttpRequest request) =>
        request.Headers.IfMatch.ToString() is { Length: > 0 } tag ? tag.Trim('"') : null;

    private static async Task<IResult> EventsAsync(string id, HttpRequest request, AutomationService automation, CancellationToken cancellationToken)
    {
        var told = await automation.EventsAsync(id, request.Headers["Last-Event-ID"].ToString(), cancellationToken);
        return told.ToHttp(events => TypedResults.ServerSentEvents(events));
    }

    private static async Task<IResult> RunAsync(string name, RunOrder order, AutomationService automation, CancellationToken cancellationToken)
    {
        if (order.ExtraVars is { ValueKind: not JsonValueKind.Object })
        {
            return Problem.Invalid("extra_vars", "Give variables as a JSON object.").ToHttp();
        }

        var request = new RunRequest(name, order.Target)
        {
            ExtraVars = order.ExtraVars?.GetRawText(),
            Check = order.Check is true,
            Limit = order.Limit,
            Tags = order.Tags,
            Forks = order.Forks,
            Timeout = order.Timeout,
        };
        return ToAccepted(await automation.RunAsync(request, order.BecomePassword, cancellationToken));
    }

    private static IResult ToAccepted(Result<RunStart> started) =>
        started.ToHttp(run => TypedResults.Accepted($"/api/v1/tasks/{run.TaskId}", new AcceptedRun([run.OperationId], run.TaskId)));
}

/// <param name="Timeout">In seconds.</param>
/// <param name="BecomePassword">For sudo on the hosts; not kept.</param>
public sealed record RunOrder(
    string Target, JsonElement? ExtraVars = null, bool? Check = null, string? Limit = null, string? Tags = null, int? Forks = null, int? Timeout = null, string? BecomePassword = null)
{
    public override string ToString() => Target;
}

public sealed record PlaybookOrder(string Content);

/// <param name="BecomePassword">For sudo on the hosts; needed where the run had one, and not kept.</param>
public sealed record RerunOrder(bool? FailedOnly = null, string? BecomePassword = null)
{
    public override string ToString() => nameof(RerunOrder);
}

public sealed record FoundLines(IReadOnlyList<long> Lines);

/// <summary>What a run that was asked for answers at once.</summary>
public sealed record AcceptedRun(IReadOnlyList<string> OperationIds, string TaskId);
