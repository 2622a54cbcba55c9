using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Notifications;

/// <summary>Where a channel leads, without anything secret. Which fields are used depends on the kind.</summary>
/// <param name="Url">Of the server: ntfy, Gotify, Apprise. Addresses that are secret themselves (Discord, Slack, webhook) are the channel's secret.</param>
/// <param name="Topic">ntfy: the topic. Apprise: the key of its stored configuration.</param>
/// <param name="Username">ntfy and SMTP: who signs in with the secret.</param>
/// <param name="Server">SMTP: the server's name or address.</param>
/// <param name="Port">SMTP.</param>
/// <param name="Security">SMTP: <c>tls</c> (from the first byte on, mostly port 465), <c>starttls</c> (mostly 587) or <c>none</c>.</param>
/// <param name="From">SMTP: the sender's address.</param>
/// <param name="To">SMTP: the receivers' addresses.</param>
public sealed record ChannelSettings(
    string? Url = null, string? Topic = null, string? Username = null, string? Server = null, int? Port = null, string? Security = null, string? From = null,
    IReadOnlyList<string>? To = null)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal string ToJson() => JsonSerializer.Serialize(this, Options);

    internal static ChannelSettings Read(string json) => JsonSerializer.Deserialize<ChannelSettings>(json, Options)!;
}
