using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>A rule as pages and programs see it; see <see cref="AlertRule"/> for the fields.</summary>
/// <param name="Builtin">Whether it came with the dashboard.</param>
public sealed record AlertRuleRecord(
    int Id, string Name, AlertRuleKind Kind, double? Threshold, double? ClearValue, int DurationSeconds, AlertLevel Severity,
    IReadOnlyList<string> Hosts, IReadOnlyList<string> Groups, IReadOnlyList<string> Tags, string? QuietFrom, string? QuietUntil, string? Timezone,
    bool Enabled, bool Builtin, DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>What a rule is to be; in a change, what is left out stays as it is, and null takes a field away where it may be empty.</summary>
public sealed record AlertRuleInput(
    string Name, AlertRuleKind Kind, double? Threshold = null, double? ClearValue = null, int DurationSeconds = 0, AlertLevel Severity = AlertLevel.Warning,
    IReadOnlyList<string>? Hosts = null, IReadOnlyList<string>? Groups = null, IReadOnlyList<string>? Tags = null,
    string? QuietFrom = null, string? QuietUntil = null, string? Timezone = null, bool Enabled = true)
{
    public const int MaxName = 100;
    public const int MaxScope = 200;
    private const int LongestWord = 50;
    private const int LongestDuration = 7 * 24 * 3600;

    public static AlertRuleInput Of(AlertRuleRecord r) => new(
        r.Name, r.Kind, r.Threshold, r.ClearValue, r.DurationSeconds, r.Severity, r.Hosts, r.Groups, r.Tags, r.QuietFrom, r.QuietUntil, r.Timezone, r.Enabled);

    /// <param name="hostExists">Whether there is a host of that id.</param>
    /// <returns>Null when all is well.</returns>
    public Problem? Check(Func<string, bool> hostExists)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (Name is null || Name.Trim().Length is 0 or > MaxName || Name.Any(char.IsControl))
        {
            errors["name"] = [$"Give the rule a name of 1 to {MaxName} characters."];
        }

        var measure = RuleMeasure.Of(Kind);
        if (measure.Unit is null && (Threshold is not null || ClearValue is not null))
        {
            errors["threshold"] = ["This kind of rule has nothing to compare with: leave the limit out."];
        }
        else if (Threshold is { } limit ? !(limit >= measure.Least && limit <= measure.Most) : measure.Unit is not null && !measure.HostLimit)
        {
            errors["threshold"] = [$"The limit is a number from {measure.Least:0.##} to {measure.Most:0.##}."];
        }

        if (ClearValue is { } clear && measure.Unit is not null
            && (!(clear >= 0 && clear <= measure.Most * 2) || (Threshold is { } from && (measure.LowIsBad ? clear < from : clear > from))))
        {
            errors["clear_value"] = [measure.LowIsBad ? "It is over at a value that is not below the limit." : "It is over at a value that is not above the limit."];
        }

        if (DurationSeconds is < 0 or > LongestDuration)
        {
            errors["duration_seconds"] = ["It lasts from 0 seconds to 7 days."];
        }

        if (Severity == AlertLevel.Success)
        {
            errors["severity"] = ["The severity is one of info, warning, error, critical."];
        }

        if (Hosts is { } hosts && (hosts.Count > MaxScope || !hosts.All(h => h is not null && hostExists(h))))
        {
            errors["hosts"] = ["There is no such host. Give the ids of hosts."];
        }

        CheckWords("groups", Groups, errors);
        CheckWords("tags", Tags, errors);
        QuietHours.Check(QuietFrom, QuietUntil, Timezone, errors);
        return errors.Count == 0 ? null : Problem.Invalid(errors);
    }

    private static void CheckWords(string field, IReadOnlyList<string>? words, Dictionary<string, string[]> errors)
    {
        if (words is not null && (words.Count > MaxScope || words.Any(w => w is null || w.Length is 0 or > LongestWord || w.Any(char.IsControl))))
        {
            errors[field] = [$"Each has 1 to {LongestWord} characters."];
        }
    }
}
