using System.Text;
using HomelabDashboard.Infrastructure.Ssh;

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
        $"""exec /bin/sh -c 'eval "$(printf %b "$0")"' '{RemoteScript.Encode(Read("shell-start.sh"))}' '{RemoteScript.Encode(Read("shell-integration.bash"))}' '{RemoteScript.Encode(Read("shell-integration.zsh"))}'""";

    /// <summary>The same for a shell inside a container, to be put behind what runs it there; there it is not a login shell.</summary>
    public static string ContainerCommand { get; } =
        $"""/bin/sh -c 'eval "$(printf %b "$0")"' '{RemoteScript.Encode(Read("container-start.sh"))}' '{RemoteScript.Encode(Read("shell-integration.bash"))}'""";

    /// <param name="nonce">Letters and digits; every mark of the session carries it.</param>
    /// <param name="rules">Pattern and reason of each, in the order by which a blocked command names its rule.</param>
    public static byte[] Answer(string nonce, IEnumerable<(string Pattern, string Reason)> rules)
    {
        var text = new StringBuilder("homelab ").Append(nonce).Append('\n');
        foreach (var (pattern, reason) in rules)
        {
            text.Append(RemoteScript.Encode(pattern)).Append('\n').Append(RemoteScript.Encode(reason)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.Append("end\n").ToString());
    }

    private static string Read(string name) => RemoteScript.Resource(name);
}
