using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>The rules that keep commands from being run by slip. A change is for terminals that are opened after it.</summary>
public sealed class CommandRuleService(IDbContextFactory<HomelabDbContext> databases, LiveStore<string, HostSummary> hosts, ActivityLog activity, Access access, TimeProvider time)
{
    /// <summary>Needs settings:read. By id, so in the order of their making.</summary>
    /// <param name="after">The id of the last one of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<CommandRuleRecord>> ListAsync(int limit, int? after, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SettingsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Records(db.Set<CommandRule>().Where(r => after == null || r.Id > after).OrderBy(r => r.Id).Take(limit)).ToListAsync(cancellationToken);
    }

    /// <summary>Needs settings:read.</summary>
    public async Task<Result<CommandRuleRecord>> GetAsync(int id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SettingsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Records(db.Set<CommandRule>().Where(r => r.Id == id)).SingleOrDefaultAsync(cancellationToken) is { } found ? found : Problem.NotFound("rule");
    }

    /// <summary>Needs settings:write. <c>VALIDATION_FAILED</c>; <c>RULES_FULL</c> past the most that a session can be given.</summary>
    public async Task<Result<CommandRuleRecord>> AddAsync(CommandRuleInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SettingsWrite);
        if (input.Check(isNew: true, HostExists) is { } problem)
        {
            return problem;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<CommandRule>().CountAsync(cancellationToken) >= ShellIntegration.MaxRules)
        {
            return new Problem("RULES_FULL", $"There are {ShellIntegration.MaxRules} rules, which is as many as there can be. Delete one first.");
        }

        var rule = new CommandRule { Name = "", Pattern = "", Reason = "", Enabled = true };
        Apply(rule, input);
        db.Add(rule);
        await db.SaveChangesAsync(cancellationToken);
        activity.Write(LogEntryLevel.Info, "terminals", $"{caller.Username} added the command rule “{rule.Name}”.");
        return Record(rule);
    }

    /// <summary>Needs settings:write. <c>NOT_FOUND</c>, <c>VALIDATION_FAILED</c>.</summary>
    public async Task<Result<CommandRuleRecord>> ChangeAsync(int id, CommandRuleInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SettingsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<CommandRule>().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } rule)
        {
            return Problem.NotFound("rule");
        }

        // A host that has gone since is no reason to refuse a change of something else.
        if (input.Check(isNew: false, host => HostExists(host) || rule.Hosts.Contains(host)) is { } problem)
        {
            return problem;
        }

        Apply(rule, input);
        await db.SaveChangesAsync(cancellationToken);
        activity.Write(LogEntryLevel.Info, "terminals", $"{caller.Username} changed the command rule “{rule.Name}”.");
        return Record(rule);
    }

    /// <summary>Needs settings:write. <c>NOT_FOUND</c>.</summary>
    public async Task<Result> DeleteAsync(int id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SettingsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<CommandRule>().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } rule)
        {
            return Problem.NotFound("rule");
        }

        if (rule.Builtin is null)
        {
            db.Remove(rule);
        }
        else
        {
            // Its row stays, so that the next start does not bring it back.
            rule.DeletedAt = time.GetUtcNow().UtcDateTime;
        }

        await db.SaveChangesAsync(cancellationToken);
        activity.Write(LogEntryLevel.Info, "terminals", $"{caller.Username} deleted the command rule “{rule.Name}”.");
        return Result.Ok;
    }

    private bool HostExists(string id) => hosts.Get(id) is not null;

    private static void Apply(CommandRule rule, CommandRuleInput input)
    {
        rule.Name = input.Name?.Trim() ?? rule.Name;
        rule.Pattern = input.Pattern ?? rule.Pattern;
        rule.Reason = input.Reason?.Trim() ?? rule.Reason;
        rule.Hosts = input.Hosts is { } hosts ? [.. hosts.Distinct()] : rule.Hosts;
        rule.Groups = input.Groups is { } groups ? [.. groups.Distinct()] : rule.Groups;
        rule.Enabled = input.Enabled ?? rule.Enabled;
    }

    private static CommandRuleRecord Record(CommandRule r) =>
        new(r.Id, r.Name, r.Pattern, r.Reason, r.Hosts, r.Groups, r.Enabled, r.Builtin is not null, r.CreatedAt, r.UpdatedAt);

    private static IQueryable<CommandRuleRecord> Records(IQueryable<CommandRule> rules) => rules.AsNoTracking().Select(r =>
        new CommandRuleRecord(r.Id, r.Name, r.Pattern, r.Reason, r.Hosts, r.Groups, r.Enabled, r.Builtin != null, r.CreatedAt, r.UpdatedAt));
}
