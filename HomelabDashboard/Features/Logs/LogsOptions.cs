using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Logs;

/// <summary>How long the log of what happened is kept; <c>Homelab:Logs</c>. What comes first counts.</summary>
public sealed class LogsOptions
{
    [Range(1, 36500)]
    public int KeepDays { get; set; } = 180;

    /// <summary>About 250 bytes each, with what is needed to search in them.</summary>
    [Range(1000, 100_000_000)]
    public long KeepRows { get; set; } = 1_000_000;
}
