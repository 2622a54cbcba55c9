using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>When something is worth an alert.</summary>
public sealed class AlertRule
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public required AlertRuleKind Kind { get; set; }

    /// <summary>From where on it is trouble, in the unit of the kind; null: the host's own critical limit, or nothing to compare with.</summary>
    public double? Threshold { get; set; }

    /// <summary>Where trouble is over again; null: a little below the threshold.</summary>
    public double? ClearValue { get; set; }

    /// <summary>For how long it must last.</summary>
    public int DurationSeconds { get; set; }

    public AlertLevel Severity { get; set; } = AlertLevel.Warning;

    /// <summary>The ids of the hosts it holds for; with none here, no group and no tag, it holds for all.</summary>
    public List<string> Hosts { get; set; } = [];

    public List<string> Groups { get; set; } = [];

    public List<string> Tags { get; set; } = [];

    /// <summary>From when on nobody is notified, such as <c>22:00</c>.</summary>
    public string? QuietFrom { get; set; }

    public string? QuietUntil { get; set; }

    /// <summary>Of the quiet hours, by its IANA name; null: UTC.</summary>
    public string? Timezone { get; set; }

    public bool Enabled { get; set; }

    /// <summary>The name by which one of the starting set is known, so that it is added once; null for all others.</summary>
    public string? Builtin { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }
}
