namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>How much one import may be.</summary>
public static class ImportLimits
{
    /// <summary>Of all texts together, in characters, and of an upload, in bytes.</summary>
    public const int Text = 1024 * 1024;

    public const int Files = 20;

    public const int Hosts = 5000;

    public const int Groups = 1000;

    /// <summary>Of values and of YAML.</summary>
    public const int Depth = 40;
}
