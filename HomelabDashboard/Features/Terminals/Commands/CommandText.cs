using System.Security.Cryptography;
using System.Text;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>What of a command goes into the log, and by what it is known again.</summary>
public static class CommandText
{
    /// <summary>In UTF-16 units; what is longer is cut.</summary>
    public const int MaxLength = 8192;

    /// <summary>Stands at the end of a command that was cut.</summary>
    public const string Cut = " …[cut]";

    /// <summary>Without secrets, and not too long.</summary>
    public static string ToStore(string command)
    {
        var masked = SecretMask.Mask(command.Trim('\n', '\r'));
        return masked.Length <= MaxLength ? masked : string.Concat(masked.AsSpan(0, MaxLength), Cut);
    }

    /// <summary>
    /// For counting repeats: SHA-256, in lower-case hex, of the stored command with blanks at its ends and those around line ends
    /// left out, and each run of blanks outside quotes taken for one space.
    /// </summary>
    public static string Hash(string stored) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normalise(stored))));

    internal static string Normalise(string command)
    {
        var result = new StringBuilder(command.Length);
        var quote = '\0';
        var blank = false;
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (quote == '\0' && c is ' ' or '\t')
            {
                blank = true;
                continue;
            }

            if (blank && result.Length > 0 && result[^1] != '\n' && c is not ('\n' or '\r'))
            {
                result.Append(' ');
            }

            blank = false;
            result.Append(c);
            if (c == '\\' && quote != '\'' && i + 1 < command.Length)
            {
                result.Append(command[++i]);
            }
            else if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
        }

        return result.ToString();
    }
}
