using System.Text.RegularExpressions;

namespace HomelabDashboard.Features;

/// <summary>
/// Takes secrets out of a command before it is stored: by the name they are given under, by the program that takes them in a known
/// place, or by their own shape. It cannot know every secret; what is typed after a leading space is never stored at all.
/// </summary>
public static partial class SecretMask
{
    /// <summary>What stands where a secret stood.</summary>
    public const string Stars = "***";

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>One word of a shell's, quoted or not, that does not look like another option.</summary>
    private const string Word = """(?<secret>"([^"\\]|\\.)*"?|'[^']*'?|[^\s;|&<>"'-]([^\s;|&<>"'\\]|\\.|"([^"\\]|\\.)*"|'[^']*')*)""";

    /// <summary>The same, where an equals sign or a colon before it leaves no doubt.</summary>
    private const string Value = """(?<secret>("([^"\\]|\\.)*"?|'[^']*'?|\$\([^)]*\)|\\.|[^\s;|&<>"'\\])+)""";

    private const string SecretName = "(password|passwd|passphrase|secret|token|credential|api_?key|access_?key|private_?key|secret_?key|auth_?key|encryption_?key)";

    private static readonly Func<Regex>[] Shapes =
    [
        PrivateKey, UrlCredentials, Authorization, HeaderKey, OptionEquals, OptionWord, Assignment, PasswordAssignment,
        DatabaseClient, PasswordOption, UserOption, PassPhrase, KnownTokens,
    ];

    public static string Mask(string command)
    {
        foreach (var shape in Shapes)
        {
            command = shape().Replace(command, MaskOne);
        }

        return command;
    }

    private static string MaskOne(Match match)
    {
        var secret = match.Groups["secret"];
        var name = match.Groups["name"].Value;

        // These options say where a secret is, and take none.
        if (name.EndsWith("-stdin", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-file", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("_file", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-env", StringComparison.OrdinalIgnoreCase))
        {
            return match.Value;
        }

        var start = secret.Index - match.Index;
        var quote = secret.Value is ['"' or '\'', ..] ? secret.Value[..1] : "";
        return string.Concat(match.Value.AsSpan(0, start), quote, Stars, quote) + match.Value[(start + secret.Length)..];
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----(?<secret>(.|\n)+?)(-----END|$)", Options)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]*://[^\s/:@""']*:(?<secret>[^\s/""']+)@", Options)]
    private static partial Regex UrlCredentials();

    [GeneratedRegex(@"(authorization\s*[:=]\s*[""']?\s*((bearer|basic|token|digest|apikey)\s+)?|\bbearer\s+)(?<secret>[^\s""';|&]+)", Options)]
    private static partial Regex Authorization();

    [GeneratedRegex(@"\bx-[a-z-]*(key|token|secret|auth)[a-z-]*\s*:\s*(?<secret>[^\s""';|&]+)", Options)]
    private static partial Regex HeaderKey();

    [GeneratedRegex(@"(^|\s)(?<name>--?[\w.-]*(password|passwd|passphrase|passcode|secret|token|credential|api-?_?key|access-?_?key|auth-?_?key|private-?_?key)[\w-]*)=" + Value, Options)]
    private static partial Regex OptionEquals();

    [GeneratedRegex(@"(^|\s)(?<name>--?[\w.-]*(password|passwd|passphrase|passcode|secret|token|api-?_?key|access-?_?key|auth-?_?key)[\w-]*)\s+" + Word, Options)]
    private static partial Regex OptionWord();

    [GeneratedRegex(@"\b(?<name>\w*" + SecretName + @"\w*)\s*[=:]\s?" + Value, Options)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\b\w*(_pwd|_pass|\bpass)\w?=" + Value, Options)]
    private static partial Regex PasswordAssignment();

    [GeneratedRegex(@"\b(mysql|mariadb)[\w-]*(\s+[^\s;|&]+)*?\s+-p(?<secret>[^\s;|&]+)", Options)]
    private static partial Regex DatabaseClient();

    [GeneratedRegex(@"\b(sshpass\s+-p|redis-cli(\s+[^\s;|&]+)*?\s+-a|ldap\w+(\s+[^\s;|&]+)*?\s+-w|docker\s+login(\s+[^\s;|&]+)*?\s+-p)\s*" + Value, Options)]
    private static partial Regex PasswordOption();

    [GeneratedRegex(@"(^|\s)(-u|-U|--user|--proxy-user)[\s=]*[""']?[^\s:%/""']+[:%](?<secret>[^\s""']+)", Options)]
    private static partial Regex UserOption();

    [GeneratedRegex(@"(^|\s)(-pass|-passin|-passout|-k)\s+[""']?(pass:)(?<secret>[^\s""']+)", Options)]
    private static partial Regex PassPhrase();

    [GeneratedRegex(
        @"\b(?<secret>gh[pousr]_[a-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|(AKIA|ASIA)[A-Z0-9]{16}|sk-[\w-]{20,}|AIza[\w-]{30,}|dop_v1_[a-f0-9]{32,}|npm_[a-z0-9]{30,}|tskey-[\w-]{10,}|hv[sb]\.[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+|\d{8,10}:AA[\w-]{30,})",
        Options)]
    private static partial Regex KnownTokens();
}
