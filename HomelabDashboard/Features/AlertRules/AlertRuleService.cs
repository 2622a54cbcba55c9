using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>The rules of the alerts: what pages and endpoints call. A change holds from the next look on, within 15 seconds.</summary>
public sealed class AlertRuleService(
    IDbContextFactory<HomelabDbContext> databases, RuleBook book, LiveStore<string, HostSummary> hosts, ActivityLog activity, Access access, TimeProvider time)
{
    public const int MaxRules = 200;

    /// <summary>Needs alerts:read. All rules, live.</summary>
    public async ValueTask<LiveStore<int, AlertRuleRecord>> LiveAsync()
    {
        await access.RequireAsync(Scopes.AlertsRead);
        return book.Live;
    }

    /// <summary>Needs alerts:read.</summary>
    public async ValueTask<Result<AlertRuleRecord>> GetAsync(int id) => (await LiveAsync()).Get(id) is { } found ? found : Problem.NotFound("rule");

    /// <summary>Needs alerts:write. <c>VALIDATION_FAILED</c> by field; <c>RULES_FULL</c>.</summary>
    public async Task<Result<AlertRuleRecord>> AddAsync(AlertRuleInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        if (input.Check(HostExists) is { } problem)
        {
            return problem;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<AlertRule>().CountAsync(cancellationToken) >= MaxRules)
        {
            return new Problem("RULES_FULL", $"There are {MaxRules} rules, which is as many as there can be. Delete one first.");
        }

        var rule = new AlertRule { Name = "", Kind = input.Kind };
        Apply(rule, input);
        db.Add(rule);
        await db.SaveChangesAsync(cancellationToken);
        return await DoneAsync(rule, $"{caller.Username} added the alert rule “{rule.Name}”.");
    }

    /// <summary>Needs alerts:write. <c>NOT_FOUND</c>, <c>VALIDATION_FAILED</c> by field. What a rule watches cannot be changed.</summary>
    public async Task<Result<AlertRuleRecord>> ChangeAsync(int id, AlertRuleInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<AlertRule>().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } rule)
        {
            return Problem.NotFound("rule");
        }

        if (input.Kind != rule.Kind)
        {
            return Problem.Invalid("kind", "What a rule watches cannot be changed. Add another rule.");
        }

        // A host that has gone since is no reason to refuse a change of something else.
        if (input.Check(host => HostExists(host) || rule.Hosts.Contains(host)) is { } problem)
        {
            return problem;
        }

        Apply(rule, input);
        await db.SaveChangesAsync(cancellationToken);
        return await DoneAsync(rule, $"{caller.Username} changed the alert rule “{rule.Name}”.");
    }

    /// <summary>Needs alerts:write. Its open alerts are closed. <c>NOT_FOUND</c>.</summary>
    public async Task<Result> DeleteAsync(int id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.AlertsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<AlertRule>().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } rule)
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
        await DoneAsync(rule, $"{caller.Username} deleted the alert rule “{rule.Name}”.");
        return Result.Ok;
    }

    private async Task<AlertRuleRecord> DoneAsync(AlertRule rule, string what)
    {
        await book.ReloadAsync(CancellationToken.None);
        activity.Write(LogEntryLevel.Info, "alerts", what);
        return RuleBook.ToRecord(rule);
    }

    private bool HostExists(string id) => hosts.Get(id) is not null;

    private static void Apply(AlertRule rule, AlertRuleInput input)
    {
        (rule.Name, rule.Threshold, rule.ClearValue, rule.DurationSeconds) = (input.Name.Trim(), input.Threshold, input.ClearValue, input.DurationSeconds);
        (rule.Severity, rule.Enabled) = (input.Severity, input.Enabled);
        (rule.Hosts, rule.Groups, rule.Tags) = ([.. (input.Hosts ?? []).Distinct()], [.. (input.Groups ?? []).Distinct()], [.. (input.Tags ?? []).Distinct()]);
        (rule.QuietFrom, rule.QuietUntil, rule.Timezone) = (Text(input.QuietFrom), Text(input.QuietUntil), Text(input.Timezone));
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
