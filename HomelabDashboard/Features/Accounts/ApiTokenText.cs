using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Infrastructure;
using Microsoft.AspNetCore.WebUtilities;

namespace HomelabDashboard.Features.Accounts;

/// <summary>How a token looks: <c>hld_</c>, its id, <c>_</c>, and 256 random bits in base64url. The id finds it, the hash of the whole proves it.</summary>
public static class ApiTokenText
{
    private const string Prefix = "hld_";
    private const int IdLength = 12;
    private const int Length = 4 + IdLength + 1 + 43;

    public static (string Id, string Text) New()
    {
        var id = ShortId.New(IdLength);
        return (id, $"{Prefix}{id}_{WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32))}");
    }

    public static bool TryReadId(string text, [NotNullWhen(true)] out string? id)
    {
        var looksRight = text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length + IdLength] == '_';
        id = looksRight ? text.Substring(Prefix.Length, IdLength) : null;
        return looksRight;
    }

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
