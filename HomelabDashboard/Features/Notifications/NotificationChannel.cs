using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.Notifications;

/// <summary>A way on which people are told of alerts.</summary>
public sealed class NotificationChannel
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public required ChannelKind Kind { get; set; }

    /// <summary>A <see cref="ChannelSettings"/>; nothing secret.</summary>
    public required string Settings { get; set; }

    /// <summary>The token, password or secret address, encrypted; null where the channel needs none.</summary>
    public string? Secret { get; set; }

    public AlertLevel MinLevel { get; set; } = AlertLevel.Warning;

    /// <summary>The words of the categories it tells of; with none, it tells of all.</summary>
    public List<string> Categories { get; set; } = [];

    public string? QuietFrom { get; set; }

    public string? QuietUntil { get; set; }

    /// <summary>Of the quiet hours, by its IANA name; null: UTC.</summary>
    public string? Timezone { get; set; }

    /// <summary>It also tells when a trouble is over.</summary>
    public bool SendClosed { get; set; }

    /// <summary>Addresses of this machine and link-local ones may be spoken to.</summary>
    public bool AllowPrivateHost { get; set; }

    public bool Enabled { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }
}
