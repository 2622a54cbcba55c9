namespace HomelabDashboard.Features.Notifications;

/// <summary>Where a message goes: a channel with its secret in the clear. Never logged, never kept.</summary>
public sealed record ChannelTarget(ChannelKind Kind, ChannelSettings Settings, string? Secret, bool AllowPrivateHost)
{
    /// <summary>The host's name or address.</summary>
    public string? Host => Kind == ChannelKind.Email ? Settings.Server
        : Uri.TryCreate(ChannelInput.IsSecretAddress(Kind) ? Secret : Settings.Url, UriKind.Absolute, out var address) ? address.Host : null;

    public override string ToString() => Kind.ToString();
}
