using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>A public key as OpenSSH writes it on a line: <c>ssh-ed25519 AAAA…</c>.</summary>
public sealed record SshPublicKey
{
    private const int LongestLine = 8192;

    /// <summary>In the order of preference, each with the signature algorithms that go with it.</summary>
    private static readonly (string Type, string Algorithms)[] Types =
    [
        ("ssh-ed25519", "ssh-ed25519"),
        ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"),
        ("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"),
        ("ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"),
        ("ssh-rsa", "rsa-sha2-512,rsa-sha2-256"),
    ];

    private SshPublicKey(string type, string base64, string fingerprint)
    {
        Type = type;
        Base64 = base64;
        Fingerprint = fingerprint;
    }

    public static string AllAlgorithms => string.Join(',', Types.Select(t => t.Algorithms));

    /// <summary>One of the types that this program accepts.</summary>
    public string Type { get; }

    public string Base64 { get; }

    /// <summary><c>SHA256:…</c> as OpenSSH prints it.</summary>
    public string Fingerprint { get; }

    /// <summary>For HostKeyAlgorithms: what a server with this key can prove it with.</summary>
    public string Algorithms => Types.First(t => t.Type == Type).Algorithms;

    /// <summary>Reads type and key; what follows them (a comment) is left out.</summary>
    public static bool TryParse(string? line, [NotNullWhen(true)] out SshPublicKey? key)
    {
        key = null;
        if (line is null or { Length: > LongestLine })
        {
            return false;
        }

        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length < 2 || !Types.Any(t => t.Type == parts[0]))
        {
            return false;
        }

        var blob = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], blob, out var length))
        {
            return false;
        }

        // The key says its own type once more, as a length and the word.
        var named = (byte[])[0, 0, 0, (byte)parts[0].Length, .. Encoding.ASCII.GetBytes(parts[0])];
        if (!blob.AsSpan(0, length).StartsWith(named))
        {
            return false;
        }

        var fingerprint = "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob.AsSpan(0, length))).TrimEnd('=');
        key = new SshPublicKey(parts[0], parts[1], fingerprint);
        return true;
    }

    public override string ToString() => $"{Type} {Base64}";
}
