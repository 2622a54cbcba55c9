namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Names from outside in sentences.</summary>
internal static class Words
{
    private const int Longest = 60;

    /// <summary>A name as it stands in a sentence: never longer than fits there.</summary>
    public static string Shown(string name) => name.Length <= Longest ? name : name[..(Longest - 1)] + "…";
}
