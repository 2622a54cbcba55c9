using System.Net;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// One host as the generated ssh config names it. The last guard before ssh: whatever was checked before, a value that could be
/// anything but itself there is refused here.
/// </summary>
public sealed partial record SshHostEntry
{
    public const int LongestAlias = 26;

    /// <param name="alias">The name by which ssh is called, made by the program: lower-case letters and digits.</param>
    /// <param name="hostName">IPv4, IPv6 or DNS name.</param>
    /// <param name="hostKey">The one key that is accepted; null when there is none yet, and then only a <see cref="HostKeyScan"/> may use it.</param>
    /// <param name="jumpAlias">The host to go through.</param>
    /// <exception cref="ArgumentException">A value may not stand in an ssh config.</exception>
    public SshHostEntry(string alias, string hostName, int port, string user, SshPublicKey? hostKey, string? jumpAlias)
    {
        Alias = Checked(alias, AliasShape(), nameof(alias));
        HostName = IsHostName(hostName) ? hostName : throw new ArgumentException("This is no address.", nameof(hostName));
        Port = port is > 0 and <= ushort.MaxValue ? port : throw new ArgumentException("This is no port.", nameof(port));
        User = Checked(user, UserShape(), nameof(user));
        HostKey = hostKey;
        JumpAlias = jumpAlias is null ? null : Checked(jumpAlias, AliasShape(), nameof(jumpAlias));
    }

    public string Alias { get; }

    public string HostName { get; }

    public int Port { get; }

    public string User { get; }

    public SshPublicKey? HostKey { get; }

    public string? JumpAlias { get; }

    /// <summary>A user name as Linux and the BSDs take it.</summary>
    public static bool IsUser(string value) => UserShape().IsMatch(value);

    /// <summary>An IPv4 address in its four decimal parts, an IPv6 address without a zone, or a DNS name.</summary>
    public static bool IsHostName(string value)
    {
        if (value.Length is 0 or > 253)
        {
            return false;
        }

        if (value.Contains(':', StringComparison.Ordinal))
        {
            return Ipv6Shape().IsMatch(value) && IPAddress.TryParse(value, out _);
        }

        // A name whose last label is a number is read as an address by resolvers, in ways that differ ("10.1", "0x7f.1").
        return DnsShape().IsMatch(value)
            && (Ipv4Shape().IsMatch(value) || !char.IsAsciiDigit(value[value.LastIndexOf('.') + 1]));
    }

    private static string Checked(string value, Regex shape, string name) =>
        shape.IsMatch(value) ? value : throw new ArgumentException($"This is no {name}.", name);

    [GeneratedRegex(@"\A[a-z0-9]{1,26}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AliasShape();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,31}\z", RegexOptions.NonBacktracking)]
    private static partial Regex UserShape();

    [GeneratedRegex(@"\A[0-9A-Fa-f:.]{2,45}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Ipv6Shape();

    [GeneratedRegex(@"\A(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Ipv4Shape();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex DnsShape();
}
