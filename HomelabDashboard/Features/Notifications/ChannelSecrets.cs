using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace HomelabDashboard.Features.Notifications;

/// <summary>The secrets of channels as they are kept: encrypted with the keys in the data folder. Singleton.</summary>
public sealed class ChannelSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("HomelabDashboard.NotificationChannels");

    public string Protect(string secret) => _protector.Protect(secret);

    /// <exception cref="NotificationException">It cannot be read any more.</exception>
    public ChannelTarget Target(NotificationChannel channel)
    {
        try
        {
            return new ChannelTarget(channel.Kind, ChannelSettings.Read(channel.Settings), channel.Secret is { } secret ? _protector.Unprotect(secret) : null, channel.AllowPrivateHost);
        }
        catch (CryptographicException)
        {
            throw new NotificationException("The channel's secret cannot be read any more: the keys in the data folder are other ones. Give it again.", NotificationFault.Temporary);
        }
    }
}
