using HomelabDashboard.Features.Notifications;

namespace HomelabDashboard.Components.Pages.Settings;

/// <summary>How channels are worded.</summary>
internal static class ChannelWords
{
    public static string Of(ChannelKind kind) => kind switch
    {
        ChannelKind.Ntfy => "ntfy",
        ChannelKind.Email => "E-mail",
        ChannelKind.Apprise => "Apprise API",
        _ => kind.ToString(),
    };

    /// <summary>The label of its secret, and what to say about it.</summary>
    public static (string Label, string Hint, bool Needed) Secret(ChannelKind kind) => kind switch
    {
        ChannelKind.Ntfy => ("Access token or password", "A token, or with a username its password.", false),
        ChannelKind.Gotify => ("Application token", "Of an application in Gotify.", true),
        ChannelKind.Discord => ("Webhook address", "From the channel's settings, Integrations.", true),
        ChannelKind.Slack => ("Webhook address", "From the app's Incoming Webhooks.", true),
        ChannelKind.Email => ("Password", "Of the account at the mail server.", false),
        ChannelKind.Webhook => ("Address", "It gets a POST with JSON: title, text, level and alerts. Treated as a secret, for it may hold a token.", true),
        _ => ("Secret", "Not used.", false),
    };

    /// <summary>Where it leads, as far as that is no secret.</summary>
    public static string Where(ChannelRecord channel) => channel.Kind switch
    {
        ChannelKind.Ntfy or ChannelKind.Apprise => $"{channel.Settings.Url}, {channel.Settings.Topic}",
        ChannelKind.Gotify => channel.Settings.Url ?? "",
        ChannelKind.Email => $"{string.Join(", ", channel.Settings.To ?? [])} by {channel.Settings.Server}",
        _ => "a secret address",
    };
}
