using System.Net;
using System.Net.Sockets;

namespace HomelabDashboard.Features.Notifications;

/// <summary>
/// Looks at the address that a name leads to before anything is sent there: a notification is not to reach what only this machine
/// or its own link may reach, unless an admin allows that for the channel.
/// </summary>
internal static class GuardedConnect
{
    /// <summary>The addresses of a host that may be spoken to.</summary>
    /// <exception cref="NotificationException">There are none.</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, bool allowPrivate, CancellationToken cancellationToken)
    {
        IPAddress[] all;
        try
        {
            all = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw new NotificationException($"There is no address for {host}. Check the name.", mayRetry: true);
        }

        var allowed = all.Where(a => allowPrivate || !IsPrivate(a)).ToList();
        return allowed.Count > 0 ? allowed
            : throw new NotificationException($"{host} leads to this machine or its own link. Allow that for the channel if it is meant.", mayRetry: false);
    }

    /// <summary>A connection to one of the addresses that are allowed; the name is looked up once, so that it cannot lead elsewhere meanwhile.</summary>
    public static async Task<Socket> ConnectAsync(string host, int port, bool allowPrivate, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(host, allowPrivate, cancellationToken);
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken);
                return socket;
            }
            catch (SocketException) when (i < addresses.Count - 1)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    internal static bool IsPrivate(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6Multicast
            || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6None)
            || (bytes.Length == 4 && (bytes[0] is 0 or 127 or >= 224 || (bytes[0] == 169 && bytes[1] == 254)));
    }
}
