namespace HomelabDashboard.Components.Shared;

/// <summary>From where on a percentage is worth a look, and from where on it needs somebody.</summary>
public static class Thresholds
{
    public const double Warn = 75;

    public const double Critical = 90;

    /// <summary>The class that colours a bar or a line; empty below the first threshold and for the unknown.</summary>
    public static string CssClass(double? percent) => percent switch
    {
        >= Critical => "crit",
        >= Warn => "warn",
        _ => "",
    };
}
