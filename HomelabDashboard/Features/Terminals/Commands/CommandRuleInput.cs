using System.Text;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>A rule as pages and programs see it.</summary>
/// <param name="Hosts">Ids; with none here and no group, it holds on all hosts.</param>
/// <param name="Builtin">Whether it came with the dashboard.</param>
public sealed record CommandRuleRecord(
    int Id, string Name, string Pattern, string Reason, IReadOnlyList<string> Hosts, IReadOnlyList<string> Groups, bool Enabled, bool Builtin,
    DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>What a rule is to be; in a change, what is null stays as it is.</summary>
public sealed record CommandRuleInput(
    string? Name = null, string? Pattern = null, string? Reason = null, IReadOnlyList<string>? Hosts = null, IReadOnlyList<string>? Groups = null,
    bool? Enabled = null)
{
    public const int MaxName = 100;
    public const int MaxReason = 190;
    public const int MaxHosts = 200;
    private const int MaxGroup = 50;

    /// <param name="isNew">Whether everything that a rule needs must be there.</param>
    /// <param name="hostExists">Whether there is a host of that id.</param>
    /// <returns>Null when all is well.</returns>
    public Problem? Check(bool isNew, Func<string, bool> hostExists)
    {
        var errors = new Dictionary<string, string[]>();
        if (Name is null ? isNew : Name.Trim().Length is 0 or > MaxName || Name.Any(char.IsControl))
        {
            errors["name"] = [$"Give the rule a name of 1 to {MaxName} characters."];
        }

        if (Pattern is null)
        {
            if (isNew)
            {
                errors["pattern"] = ["Give the pattern."];
            }
        }
        else if (!CommandPattern.TryParse(Pattern, out _, out var wrong))
        {
            errors["pattern"] = [wrong];
        }

        // In bytes, for it travels to the host in one line of a terminal.
        if (Reason is null ? isNew : Reason.Trim().Length == 0 || Encoding.UTF8.GetByteCount(Reason) > MaxReason || Reason.Any(char.IsControl))
        {
            errors["reason"] = [$"Say in one line, of at most {MaxReason} bytes, why the command is not run."];
        }

        if (Hosts is { } hosts && (hosts.Count > MaxHosts || !hosts.All(hostExists)))
        {
            errors["hosts"] = ["There is no such host. Give the ids of hosts."];
        }

        if (Groups is { } groups && (groups.Count > MaxHosts || groups.Any(g => g.Length is 0 or > MaxGroup || g.Any(char.IsControl))))
        {
            errors["groups"] = [$"A group's name has 1 to {MaxGroup} characters."];
        }

        return errors.Count == 0 ? null : Problem.Invalid(errors);
    }
}
