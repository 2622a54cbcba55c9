namespace HomelabDashboard.Features.Settings;

/// <summary>One setting that is changed while the program runs.</summary>
public sealed class AppSetting
{
    public required string Key { get; set; }

    public string? Value { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }
}
