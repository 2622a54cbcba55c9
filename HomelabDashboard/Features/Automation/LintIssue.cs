namespace HomelabDashboard.Features.Automation;

/// <param name="Rule">Its name in ansible-lint, such as <c>no-changed-when</c>.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1; null where it is not known.</param>
/// <param name="Severity">ansible-lint's word: <c>blocker critical major minor info</c>.</param>
/// <param name="Description">The rule's explanation.</param>
/// <param name="Detail">What is the matter here; null where nothing more is said.</param>
public sealed record LintIssue(string Rule, int Line, int? Column, string Severity, string Description, string? Detail)
{
    /// <summary>Whether it breaks something, or is a matter of style.</summary>
    public bool IsError => Severity is "blocker" or "critical" or "major";
}

/// <summary>What a check said of a playbook.</summary>
/// <param name="QualityScore">See <see cref="Of"/>.</param>
/// <param name="SyntaxOnly">ansible-lint is not installed: Ansible's own syntax check alone was made.</param>
public sealed record PlaybookLint(
    string Filename, int QualityScore, int TotalIssues, int ErrorsCount, int WarningsCount, int ExecutionTimeMs, DateTime UpdatedAt, IReadOnlyList<LintIssue> Issues, bool SyntaxOnly)
{
    /// <summary>The playbook was changed after it, as from a shell.</summary>
    public bool OfOlderText { get; init; }

    /// <summary>100 less 40 for a blocker, 8 for a critical, 4 for a major, 2 for a minor and 1 for an info finding; never below 0.</summary>
    public static int Of(IEnumerable<LintIssue> issues) => Math.Max(0, 100 - issues.Sum(i => i.Severity switch
    {
        "blocker" => 40,
        "critical" => 8,
        "major" => 4,
        "minor" => 2,
        _ => 1,
    }));
}
