namespace HomelabDashboard.Components.Shared;

/// <summary>How a chart writes its values.</summary>
public enum ChartUnit
{
    Percent,

    /// <summary>Bytes.</summary>
    Size,

    /// <summary>Degrees.</summary>
    Celsius,

    /// <summary>Bytes a second.</summary>
    Bytes,

    /// <summary>Bits a second, from values in bytes a second.</summary>
    Bits,
}
