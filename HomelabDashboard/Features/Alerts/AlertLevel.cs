namespace HomelabDashboard.Features.Alerts;

public enum AlertLevel
{
    Info,
    Success,
    Warning,
    Error,
    Critical,
}

internal static class AlertLevels
{
    /// <summary>How much it matters: that something went well, no more than any other news.</summary>
    public static int Weight(this AlertLevel level) => level == AlertLevel.Success ? (int)AlertLevel.Info : (int)level;
}
