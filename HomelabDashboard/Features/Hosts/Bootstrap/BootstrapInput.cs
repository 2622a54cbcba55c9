namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>How to get into a host once, and what to leave there.</summary>
public sealed record BootstrapInput
{
    /// <summary>Who signs in.</summary>
    public string? Username { get; init; }

    /// <summary>Used once, for the sign-in and for sudo; or <see cref="PrivateKey"/>.</summary>
    public string? Password { get; init; }

    /// <summary>The text of a private key's file without a passphrase, used once.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>The user that the dashboard signs in as from then on; null: the host's present one.</summary>
    public string? AutomationUser { get; init; }

    public override string ToString() => $"bootstrap as {Username}";
}
