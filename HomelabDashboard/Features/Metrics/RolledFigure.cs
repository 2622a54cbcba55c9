namespace HomelabDashboard.Features.Metrics;

/// <summary>One figure over one step of a roll-up, in whole units of its column's scale; null where no reading had it.</summary>
public sealed class RolledFigure
{
    public long? Minimum { get; set; }

    public long? Mean { get; set; }

    public long? Maximum { get; set; }
}
