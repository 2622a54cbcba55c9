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

    /// <summary>When the file was last written whose text was checked, in the file's own words; null in rows of before that was kept.</summary>
    public DateTime? TextModifiedAt { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    /// <param name="modifiedAt">The file's, now. It may also be older than what was checked: a copy was put back.</param>
    internal static bool IsOfOlderText(DateTime? textModifiedAt, DateTime updatedAt, DateTime modifiedAt) => textModifiedAt is { } then ? then != modifiedAt : updatedAt < modifiedAt;
}
