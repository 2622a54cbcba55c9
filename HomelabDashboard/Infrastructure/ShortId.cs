using System.Security.Cryptography;

namespace HomelabDashboard.Infrastructure;

/// <summary>Names for rows that a person may see in a URL: random, lower-case letters and digits alone.</summary>
public static class ShortId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A new id; 12 characters are 60 bits, 26 are 130.</summary>
    public static string New(int length = 12) => RandomNumberGenerator.GetString(Alphabet, length);
}
