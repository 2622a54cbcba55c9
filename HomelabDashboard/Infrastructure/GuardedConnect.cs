using System.Net;
using System.Net.Sockets;

namespace HomelabDashboard.Infrastructure;

/// <summary>
/// Looks at the address that a name leads to before anything is sent there: what a person has the dashboard call is not to reach what
/// only this machine or its own link may reach, unless that is allowed.
/// </summary>
internal static class GuardedConnect
{
    /// <summary>So long one address is tried before the next.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    /// <summary>The beginning of 64:ff9b::/96, which translates to all of IPv4.</summary>
    private static readonly byte[] Translation = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>The beginning of 64:ff9b:1::/48 (RFC 8215), which a network translates as it likes.</summary>
    private static readonly byte[] LocalTranslation = [0, 0x64, 0xff, 0x9b, 0, 1];

    /// <summary>A connection to the first of the addresses that are allowed and that answers; the name is looked up once, so that it cannot lead elsewhere meanwhile.</summary>
    /// <exception cref="GuardedConnectException">There is no such connection; the words name no host, for that may be part of a secret.</exception>
    public static async Task<Socket> ConnectAsync(string host, int port, bool allowPrivate, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var address in await ResolveAsync(host, allowPrivate, cancellationToken))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var limit = new CancellationTokenSource(Longest, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), both.Token);
                return socket;
            }
            catch (Exception fault) when (fault is SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new GuardedConnectException("The receiver does not answer. Check its address, and whether it runs.");
    }

    internal static bool IsPrivate(IPAddress address)
    {
        address = Inner(address);
        var bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6Multicast
            || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6None)
            || (bytes.Length == 16 && bytes.AsSpan().StartsWith(LocalTranslation))
            || (bytes.Length == 4 && (bytes[0] is 0 or 127 or >= 224 || (bytes[0] == 169 && bytes[1] == 254)));
    }

    /// <summary>The IPv4 address that an IPv6 one stands for, mapped (RFC 4291, 2.5.5) or translated (RFC 6052); otherwise the address itself.</summary>
    private static IPAddress Inner(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var isIPv4 = bytes.Length == 16 && !IPAddress.IsLoopback(address)
            && (address.IsIPv4MappedToIPv6 || bytes.AsSpan().StartsWith(Translation) || !bytes.AsSpan(0, 12).ContainsAnyExcept((byte)0));
        return isIPv4 ? new IPAddress(bytes.AsSpan(12)) : address;
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, bool allowPrivate, CancellationToken cancellationToken)
    {
        IPAddress[] all;
        try
        {
            all = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw new GuardedConnectException("There is no address for the receiver's name. Check it.");
        }

        var allowed = all.Where(a => allowPrivate || !IsPrivate(a)).ToList();
        return allowed.Count > 0 ? allowed
            : throw new GuardedConnectException("The receiver's address leads to this machine or its own link. Allow that if it is meant.");
    }
}

/// <summary>There is no connection, with the reason in words for a person.</summary>
internal sealed class GuardedConnectException(string message) : Exception(message);
