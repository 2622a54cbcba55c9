using System.Text.Json;
using System.Text.Json.Nodes;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Schedules;

internal static class ScheduleEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        var schedules = api.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapGet("", ListAsync).RequireScope(Scopes.SchedulesRead).WithSummary("The schedules, by name.")
            .Produces<Page<ScheduleRecord>>().ProducesProblems(400);
        schedules.MapPost("", async (ScheduleService service, ScheduleInput input, CancellationToken cancellationToken) =>
                (await service.AddAsync(input, cancellationToken)).ToHttp(s => TypedResults.Created($"/api/v1/schedules/{s.Id}", s)))
            .RequireScope(Scopes.SchedulesWrite)
            .WithSummary("Adds a schedule. recurrence_time is a time of day (03:00), of an interval its length (6h); recurrence_days are mon,fri by week and 1,15,last by month.")
            .Produces<ScheduleRecord>(201).ProducesProblems(400);
        schedules.MapPost("/preview", PreviewAsync).RequireScope(Scopes.SchedulesRead)
            .WithSummary("The next ten times of a schedule that need not be saved; skipped is the local time that the clocks leave out that day.")
            .Produces<SchedulePreview>().ProducesProblems(400);
        schedules.MapPost("/pause", (ScheduleService service, CancellationToken cancellationToken) => SetPausedAsync(service, true, cancellationToken)).RequireScope(Scopes.SchedulesWrite)
            .WithSummary("Pauses all schedules. next_run stays the time that comes if they go on before it; what waits is left out.").Produces<SchedulesPause>();
        schedules.MapPost("/resume", (ScheduleService service, CancellationToken cancellationToken) => SetPausedAsync(service, false, cancellationToken)).RequireScope(Scopes.SchedulesWrite)
            .WithSummary("Has all schedules go on. What was due meanwhile is left out.").Produces<SchedulesPause>();
        schedules.MapGet("/{id}", async (ScheduleService service, string id, CancellationToken cancellationToken) => (await service.GetAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SchedulesRead).WithSummary("One schedule.").Produces<ScheduleRecord>().ProducesProblems(404);
        schedules.MapPatch("/{id}", ChangeAsync).RequireScope(Scopes.SchedulesWrite)
            .WithSummary("Changes the fields that are given; null takes a field away.").Accepts<ScheduleInput>("application/json").Produces<ScheduleRecord>().ProducesProblems(400, 404);
        schedules.MapDelete("/{id}", async (ScheduleService service, string id, CancellationToken cancellationToken) => (await service.DeleteAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SchedulesWrite).WithSummary("Takes a schedule away. A run that goes on is not ended by it.").Produces(204).ProducesProblems(404);
        schedules.MapPost("/{id}/run", async (ScheduleService service, string id, CancellationToken cancellationToken) =>
                (await service.RunAsync(id, cancellationToken)).ToHttp(run =>
                    TypedResults.Accepted($"/api/v1/operations/{run.OperationId}", new AcceptedRun([run.OperationId], run.TaskId))))
            .RequireScope(Scopes.SchedulesWrite).WithSummary("Runs it at once, also when it is off or all are paused.")
            .Produces<AcceptedRun>(202).ProducesProblems(400, 404, 409, 503);
        schedules.MapGet("/{id}/runs", async (ScheduleService service, string id, [AsParameters] ListQuery query, CancellationToken cancellationToken) =>
                (await service.RunsAsync(id, query, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SchedulesRead).WithSummary("The runs of a schedule, newest first; the newest 1,000 are kept.")
            .Produces<Page<ScheduleRunRecord>>().ProducesProblems(400, 404);
    }

    private static async Task<IResult> ListAsync(
        ScheduleService service, [AsParameters] ListQuery query, bool? enabled, string? playbook, string? tag, CancellationToken cancellationToken)
    {
        var matching = (await service.LiveAsync(cancellationToken)).Snapshot().Values
            .Where(s => (enabled is null || s.Enabled == enabled) && (playbook is null || s.Playbook == playbook) && (tag is null || s.TagList.Contains(tag, StringComparer.OrdinalIgnoreCase)))
            .OrderBy(s => s.Name, StringComparer.OrdinalIgnoreCase).ThenBy(s => s.Id, StringComparer.Ordinal).AsEnumerable();
        if (query.After?.Split(' ', 2) is [var id, var name])
        {
            matching = matching.SkipWhile(s => IsUpTo(s, id, name));
        }

        return TypedResults.Ok(query.PageOf([.. matching.Take(query.Take + 1)], s => $"{s.Id} {s.Name}"));
    }

    private static async Task<IResult> PreviewAsync(ScheduleService service, TimingInput input, CancellationToken cancellationToken) =>
        (await service.PreviewAsync(input, created: null, cancellationToken)).ToHttp();

    private static async Task<IResult> SetPausedAsync(ScheduleService service, bool paused, CancellationToken cancellationToken)
    {
        await service.SetPausedAsync(paused, cancellationToken);
        return TypedResults.Ok(await service.PauseAsync(cancellationToken));
    }

    /// <summary>Lays what is given over what is there, and reads the whole as a new schedule is read.</summary>
    private static async Task<IResult> ChangeAsync(ScheduleService service, string id, JsonObject changes, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var found = await service.GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found.Problem.ToHttp();
        }

        var whole = JsonSerializer.SerializeToNode(ScheduleInput.Of(found.Value), json.Value.SerializerOptions)!.AsObject();
        foreach (var (name, value) in changes)
        {
            whole[name] = value?.DeepClone();
        }

        ScheduleInput input;
        try
        {
            input = whole.Deserialize<ScheduleInput>(json.Value.SerializerOptions)!;
        }
        catch (JsonException wrong)
        {
            throw new BadHttpRequestException(wrong.Message, StatusCodes.Status400BadRequest, wrong);
        }

        return (await service.ChangeAsync(id, input, cancellationToken)).ToHttp();
    }

    /// <summary>Whether a schedule stands before or at a place in the order of the list.</summary>
    private static bool IsUpTo(ScheduleRecord schedule, string id, string name)
    {
        var byName = string.Compare(schedule.Name, name, StringComparison.OrdinalIgnoreCase);
        return byName < 0 || (byName == 0 && string.CompareOrdinal(schedule.Id, id) <= 0);
    }

    private sealed record AcceptedRun(IReadOnlyList<string> OperationIds, string TaskId);
}
