using System.Globalization;
using System.Text;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>
/// What makes a host's own shell tell which commands it runs. The remote command is a constant; what belongs to one session is
/// the answer that the shell reads from its terminal once it has asked for it.
/// </summary>
public static class ShellIntegration
{
    /// <summary>The longest line of an answer: some systems' terminals take no more than 1,024 bytes of one.</summary>
    public const int MaxLine = 1000;

    /// <summary>The most rules that one session is given.</summary>
    public const int MaxRules = 100;

    /// <summary>
    /// Starts the login shell, with the integration where it is bash or zsh. One line that every login shell hands on unread:
    /// three arguments of which a POSIX shell decodes the first one.
    /// </summary>
    public static string RemoteCommand { get; } =
        $"""exec /bin/sh -c 'eval "$(printf %b "$0")"' '{Encode(Read("shell-start.sh"))}' '{Encode(Read("shell-integration.bash"))}' '{Encode(Read("shell-integration.zsh"))}'""";

    /// <summary>The same for a shell inside a container, to be put behind what runs it there; there it is not a login shell.</summary>
    public static string ContainerCommand { get; } =
        $"""/bin/sh -c 'eval "$(printf %b "$0")"' '{Encode(Read("container-start.sh"))}' '{Encode(Read("shell-integration.bash"))}'""";

    /// <param name="nonce">Letters and digits; every mark of the session carries it.</param>
    /// <param name="rules">Pattern and reason of each, in the order by which a blocked command names its rule.</param>
    public static byte[] Answer(string nonce, IEnumerable<(string Pattern, string Reason)> rules)
    {
        var text = new StringBuilder("homelab ").Append(nonce).Append('\n');
        foreach (var (pattern, reason) in rules)
        {
            text.Append(Encode(pattern)).Append('\n').Append(Encode(reason)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.Append("end\n").ToString());
    }

    /// <summary>
    /// For <c>printf %b</c>, and with nothing in it that a shell of any kind gives a meaning to between single quotes, nor a terminal.
    /// </summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length * 2);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || " ./_-:;,=(){}[]+*?<>|&#~^@".Contains((char)value, StringComparison.Ordinal))
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $@"\0{Convert.ToString(value, 8).PadLeft(3, '0')}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>A script without its comments and indentation, which a host has no use for.</summary>
    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(ShellIntegration).Assembly.GetManifestResourceStream(name)!);
        var lines = reader.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');
        return string.Join('\n', lines) + "\n";
    }
}
