using System.Globalization;
using System.Text.Json.Nodes;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.AlertRules;

internal static class AlertRuleEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapAlertRules(this IEndpointRouteBuilder api)
    {
        var rules = api.MapGroup("/alert-rules").WithTags("Alert rules");
        rules.MapGet("", ListAsync).RequireScope(Scopes.AlertsRead).WithSummary("The rules that say when there is an alert, in the order of their making.")
            .Produces<Page<AlertRuleRecord>>();
        rules.MapPost("", async (AlertRuleService service, AlertRuleInput input, CancellationToken cancellationToken) =>
                (await service.AddAsync(input, cancellationToken)).ToHttp(r => TypedResults.Created($"/api/v1/alert-rules/{r.Id}", r)))
            .RequireScope(Scopes.AlertsWrite)
            .WithSummary("Adds a rule. Without a threshold, cpu, memory and filesystem go by the host's own critical limit. Without hosts, groups and tags it holds for all hosts.")
            .Produces<AlertRuleRecord>(201).ProducesProblems(400, 409);
        rules.MapGet("/{id:int}", async (AlertRuleService service, int id) => (await service.GetAsync(id)).ToHttp())
            .RequireScope(Scopes.AlertsRead).WithSummary("One rule.").Produces<AlertRuleRecord>().ProducesProblems(404);
        rules.MapPatch("/{id:int}", ChangeAsync).RequireScope(Scopes.AlertsWrite)
            .WithSummary("Changes the fields that are given; null takes a field away.").Accepts<AlertRuleInput>("application/json").Produces<AlertRuleRecord>().ProducesProblems(400, 404);
        rules.MapDelete("/{id:int}", async (AlertRuleService service, int id, CancellationToken cancellationToken) => (await service.DeleteAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.AlertsWrite).WithSummary("Takes a rule away; its open alerts are closed.").Produces(204).ProducesProblems(404);
    }

    private static async Task<IResult> ListAsync(AlertRuleService service, [AsParameters] ListQuery query)
    {
        var after = 0;
        if (query.After is { } text && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.").ToHttp();
        }

        var rules = (await service.LiveAsync()).Snapshot().Values.Where(r => r.Id > after).OrderBy(r => r.Id).Take(query.Take + 1);
        return TypedResults.Ok(query.PageOf([.. rules], r => r.Id.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Lays what is given over what is there, and reads the whole as a new rule is read.</summary>
    private static async Task<IResult> ChangeAsync(AlertRuleService service, int id, JsonObject changes, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var found = await service.GetAsync(id);
        return found.Succeeded
            ? (await service.ChangeAsync(id, changes.Over(AlertRuleInput.Of(found.Value), json.Value.SerializerOptions), cancellationToken)).ToHttp()
            : found.Problem.ToHttp();
    }
}
