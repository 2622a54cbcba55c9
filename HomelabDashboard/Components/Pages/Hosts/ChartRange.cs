namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>How far back the charts of a host go.</summary>
/// <param name="Key">In the page's address.</param>
/// <param name="Words">As in <c>Last 24 hours</c>.</param>
public sealed record ChartRange(string Key, string Label, string Words, TimeSpan Length)
{
    /// <summary>What is drawn from memory, and goes on by itself.</summary>
    public static readonly ChartRange Live = new("1h", "1 h", "hour", TimeSpan.FromHours(1));

    public static readonly IReadOnlyList<ChartRange> All =
    [
        Live,
        new("6h", "6 h", "6 hours", TimeSpan.FromHours(6)),
        new("24h", "24 h", "24 hours", TimeSpan.FromHours(24)),
        new("7d", "7 d", "7 days", TimeSpan.FromDays(7)),
        new("30d", "30 d", "30 days", TimeSpan.FromDays(30)),
        new("1y", "1 y", "year", TimeSpan.FromDays(365)),
    ];

    /// <summary>The hour where the word is none of these.</summary>
    public static ChartRange Of(string? key) => All.FirstOrDefault(r => r.Key == key) ?? Live;
}
