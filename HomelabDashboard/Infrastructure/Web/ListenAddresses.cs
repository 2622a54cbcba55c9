using System.Net;
using System.Net.Sockets;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>Where the program is to listen, looked at before anything is started.</summary>
public static class ListenAddresses
{
    private const string Setting = "HOMELAB_URLS";

    /// <summary>What is wrong with the addresses, or keeps them from being listened on.</summary>
    /// <param name="urls">Separated by <c>;</c>.</param>
    /// <param name="hasCertificate">Kestrel has been given one, so https can be served.</param>
    public static IEnumerable<string> Faults(string urls, bool hasCertificate) =>
        from url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let fault = FaultOf(url, hasCertificate)
        where fault is not null
        select $"{Setting}: {fault}";

    private static string? FaultOf(string url, bool hasCertificate)
    {
        if (Parse(url) is not { } address)
        {
            return $"'{url}' is no address to listen on, such as http://localhost:8080.";
        }

        if (address.Scheme == Uri.UriSchemeHttps && !hasCertificate)
        {
            return $"'{url}' needs a certificate. Listen on http, behind a reverse proxy that serves https.";
        }

        if (address.IsUnixPipe)
        {
            return null;
        }

        var isLocalhost = address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
        if (isLocalhost && address.Port == 0)
        {
            return $"'{url}' leaves the port open, which goes with an address such as 127.0.0.1 alone.";
        }

        // As Kestrel takes them: a name or a * is every address, and where one of two families is missing the other will do.
        var isOne = IPAddress.TryParse(address.Host, out var one);
        IPAddress[] binds = isOne ? [one!] : isLocalhost ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Any, IPAddress.IPv6Any];
        var refusals = binds.Select(ip => RefusalOf(new(ip, address.Port))).OfType<SocketException>();
        return refusals.FirstOrDefault(r => isOne || r.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied) switch
        {
            null => null,
            { SocketErrorCode: SocketError.AddressAlreadyInUse } => $"the port of '{url}' is in use. Stop what listens there, or take another one.",
            { SocketErrorCode: SocketError.AccessDenied } => $"the dashboard's user may not listen on '{url}'. Take a port from 1024 on.",
            var other => $"'{url}' cannot be listened on: {other.Message}.",
        };
    }

    private static BindingAddress? Parse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return (address.Scheme is "http" or "https") && address.PathBase.Length == 0 && address.Port is >= 0 and <= IPEndPoint.MaxPort ? address : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static SocketException? RefusalOf(IPEndPoint endpoint)
    {
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endpoint);
            return null;
        }
        catch (SocketException refused)
        {
            return refused;
        }
    }
}
