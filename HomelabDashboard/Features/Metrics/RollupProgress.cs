namespace HomelabDashboard.Features.Metrics;

/// <summary>How far the readings are rolled up. One row.</summary>
public sealed class RollupProgress
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    /// <summary>The newest row of host_metrics that is in the roll-ups, and with it every one before.</summary>
    public long LastMetricId { get; set; }

    public DateTime UpdatedAt { get; set; }
}
