using System.Globalization;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Features.Terminals.Commands;

internal static class CommandEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapCommands(this RouteGroupBuilder api)
    {
        api.MapGet("/sessions/{id}/commands", OfSessionAsync).WithTags("Commands").RequireScope(Scopes.SessionsRead)
            .WithSummary("The commands of one session, newest first. In shells other than bash and zsh none are recorded.")
            .Produces<Page<CommandEntry>>().ProducesProblems(404);
        api.MapGet("/commands", ListAsync).WithTags("Commands").RequireScope(Scopes.SessionsRead)
            .WithSummary("Commands of terminals, newest first: the caller's own, with admin everybody's. Known secrets are masked; q is looked for in the command.")
            .Produces<Page<CommandEntry>>();
        api.MapPost("/commands/{id:long}/pin", (CommandHistoryService history, long id, CancellationToken cancellationToken) => PinAsync(history, id, true, cancellationToken))
            .WithTags("Commands").RequireScope(Scopes.SessionsExecute).WithSummary("Keeps a command past the time that the history goes back.")
            .Produces<CommandEntry>().ProducesProblems(404);
        api.MapDelete("/commands/{id:long}/pin", (CommandHistoryService history, long id, CancellationToken cancellationToken) => PinAsync(history, id, false, cancellationToken))
            .WithTags("Commands").RequireScope(Scopes.SessionsExecute).WithSummary("Takes the pin off a command.")
            .Produces<CommandEntry>().ProducesProblems(404);

        var rules = api.MapGroup("/command-rules").WithTags("Command rules");
        rules.MapGet("", ListRulesAsync).RequireScope(Scopes.SettingsRead)
            .WithSummary("The block rules. They guard against slips, not against a determined user: only bash and zsh on the host check them.")
            .Produces<Page<CommandRuleRecord>>();
        rules.MapGet("/{id:int}", async (CommandRuleService service, int id, CancellationToken cancellationToken) => (await service.GetAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SettingsRead).WithSummary("One block rule.").Produces<CommandRuleRecord>().ProducesProblems(404);
        rules.MapPost("", async (CommandRuleService service, CommandRuleInput input, CancellationToken cancellationToken) =>
                (await service.AddAsync(input, cancellationToken)).ToHttp(rule => TypedResults.Created($"/api/v1/command-rules/{rule.Id}", rule)))
            .RequireScope(Scopes.SettingsWrite)
            .WithSummary("Adds a block rule, enabled unless told otherwise. The pattern is a POSIX extended regular expression in ASCII; no hosts and no groups: all hosts. It holds in terminals opened from now on.")
            .Produces<CommandRuleRecord>(201).ProducesProblems(409);
        rules.MapPatch("/{id:int}", async (CommandRuleService service, int id, CommandRuleInput input, CancellationToken cancellationToken) =>
                (await service.ChangeAsync(id, input, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SettingsWrite).WithSummary("Changes the fields that are given. Open terminals keep the rules they were started with.")
            .Produces<CommandRuleRecord>().ProducesProblems(404);
        rules.MapDelete("/{id:int}", async (CommandRuleService service, int id, CancellationToken cancellationToken) => (await service.DeleteAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SettingsWrite).WithSummary("Takes a block rule away.").Produces(204).ProducesProblems(404);
    }

    private static async Task<IResult> OfSessionAsync(
        CommandHistoryService history, TerminalService terminals, string id, [AsParameters] ListQuery query, CancellationToken cancellationToken)
    {
        var session = await terminals.GetAsync(id, cancellationToken);
        return session.Succeeded ? await PageAsync(history, new CommandFilter(SessionId: id), query, cancellationToken) : session.Problem.ToHttp();
    }

    private static Task<IResult> ListAsync(
        CommandHistoryService history, [AsParameters] ListQuery query, [FromQuery(Name = "host_id")] string? hostId, string? q, bool? pinned, bool? blocked,
        CancellationToken cancellationToken) =>
        q?.Length > CommandHistoryService.MaxText
            ? Task.FromResult(Problem.Invalid("q", $"q has at most {CommandHistoryService.MaxText} characters.").ToHttp())
            : PageAsync(history, new CommandFilter(hostId, q, pinned, blocked), query, cancellationToken);

    private static async Task<IResult> PageAsync(CommandHistoryService history, CommandFilter filter, ListQuery query, CancellationToken cancellationToken)
    {
        if (!TryKey(query, out var before))
        {
            return Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.").ToHttp();
        }

        var found = await history.ListAsync(filter, query.Take + 1, before, cancellationToken);
        return TypedResults.Ok(query.PageOf(found, c => c.Id.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> ListRulesAsync(CommandRuleService service, [AsParameters] ListQuery query, CancellationToken cancellationToken)
    {
        if (!TryKey(query, out var after) || after > int.MaxValue)
        {
            return Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.").ToHttp();
        }

        var found = await service.ListAsync(query.Take + 1, (int?)after, cancellationToken);
        return TypedResults.Ok(query.PageOf(found, r => r.Id.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> PinAsync(CommandHistoryService history, long id, bool pinned, CancellationToken cancellationToken) =>
        (await history.PinAsync(id, pinned, repeats: false, cancellationToken)).ToHttp();

    private static bool TryKey(ListQuery query, out long? key)
    {
        key = null;
        if (query.After is not { } text)
        {
            return true;
        }

        var known = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        key = value;
        return known;
    }
}
