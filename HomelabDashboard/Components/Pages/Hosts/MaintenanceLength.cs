namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>How long a maintenance may last by one choice.</summary>
internal static class MaintenanceLength
{
    public static readonly IReadOnlyList<(string Value, string Words)> All =
    [
        ("1", "For 1 hour"), ("4", "For 4 hours"), ("24", "For a day"), ("168", "For a week"), ("open", "Until somebody ends it"),
    ];

    /// <returns>UTC; null for no end.</returns>
    public static DateTime? Until(string? value, DateTime now) => int.TryParse(value, out var hours) ? now.AddHours(hours) : null;
}
