namespace HomelabDashboard.Features.Automation;

/// <summary>What ansible-lint said of a playbook.</summary>
public sealed class PlaybookLintResult
{
    public int Id { get; set; }

    public required string Filename { get; set; }

    public int QualityScore { get; set; } = 100;

    public int TotalIssues { get; set; }

    public int ErrorsCount { get; set; }

    public int WarningsCount { get; set; }

    public int ExecutionTimeMs { get; set; }

    public string? IssuesJson { get; set; }

    public string? RawOutput { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }
}
