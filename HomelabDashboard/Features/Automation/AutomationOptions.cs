using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Automation;

/// <summary>Section <c>Homelab:Automation</c>.</summary>
public sealed class AutomationOptions
{
    /// <summary>Where the playbooks are; empty: <c>playbooks</c> in the data folder.</summary>
    public string? PlaybooksFolder { get; set; }

    /// <summary>How many runs go on at once; the others wait.</summary>
    [Range(1, 12)]
    public int RunsAtOnce { get; set; } = 4;

    /// <summary>How many hosts a run works on at once, where nothing else is asked for.</summary>
    [Range(1, 100)]
    public int Forks { get; set; } = 10;

    /// <summary>When a run is ended that has not ended by itself, where nothing else is asked for.</summary>
    [Range(1, 604800)]
    public int TimeoutSeconds { get; set; } = 3600;

    /// <summary>How long runs and their output are kept.</summary>
    [Range(1, 3650)]
    public int KeepRunsDays { get; set; } = 90;

    /// <summary>How many runs are kept at most.</summary>
    [Range(10, 100_000)]
    public int KeepRuns { get; set; } = 2000;

    /// <summary>How much of a run's output is kept; the rest is counted.</summary>
    [Range(1, 4096)]
    public int OutputMegabytes { get; set; } = 256;
}
