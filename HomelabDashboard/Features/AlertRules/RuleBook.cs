using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>The rules as they are now, in memory and live. Singleton.</summary>
public sealed class RuleBook(IDbContextFactory<HomelabDbContext> databases, TimeProvider time) : IAlertQuiet
{
    public LiveStore<int, AlertRuleRecord> Live { get; } = new(time);

    QuietHours? IAlertQuiet.Of(Alert alert) => RuleOf(alert) is { } id && Live.Get(id) is { } rule ? QuietHours.Read(rule.QuietFrom, rule.QuietUntil, rule.Timezone) : null;

    /// <summary>By the key of an alert of a rule, or by what <see cref="DockerInbox"/> notes of the rule that told of a container.</summary>
    private static int? RuleOf(Alert alert) =>
        alert.Key?.Split(':') is ["rule", var number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id
        : alert is { Source: DockerInbox.Source, Details: { } details } && JsonElement.Parse(details).TryGetProperty(DockerInbox.RuleField, out var rule) ? rule.GetInt32()
        : null;

    internal async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rules = await db.Set<AlertRule>().AsNoTracking().ToListAsync(cancellationToken);
        foreach (var gone in Live.Snapshot().Keys.Except(rules.Select(r => r.Id)).ToList())
        {
            Live.Remove(gone);
        }

        foreach (var rule in rules)
        {
            Live.Set(rule.Id, ToRecord(rule));
        }
    }

    internal static AlertRuleRecord ToRecord(AlertRule r) => new(
        r.Id, r.Name, r.Kind, r.Threshold, r.ClearValue, r.DurationSeconds, r.Severity, r.Hosts, r.Groups, r.Tags, r.QuietFrom, r.QuietUntil, r.Timezone,
        r.Enabled, r.Builtin is not null, r.CreatedAt, r.UpdatedAt);
}
