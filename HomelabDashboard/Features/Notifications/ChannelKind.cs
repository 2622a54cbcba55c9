namespace HomelabDashboard.Features.Notifications;

public enum ChannelKind
{
    Ntfy,
    Gotify,
    Discord,
    Slack,
    Email,
    Webhook,
    Apprise,
}
