namespace HomelabDashboard.Features.Notifications;

/// <summary>Where a message goes: a channel with its secret in the clear. Never logged, never kept.</summary>
public sealed record ChannelTarget(ChannelKind Kind, ChannelSettings Settings, string? Secret, bool AllowPrivateHost)
{
    public override string ToString() => Kind.ToString();
}
