using System.Globalization;
using System.Text;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>What an OpenSSH client config says of hosts, in its order; of each keyword the first value that holds for a name counts.</summary>
internal sealed class SshConfigSettings
{
    private const int MostIdentityFiles = 10;

    private readonly List<(SshConfigCondition? Condition, string Keyword, string Value)> _settings = [];

    public int Count => _settings.Count;

    /// <param name="condition">For which names; null: for all.</param>
    /// <param name="keyword">In lower case.</param>
    public void Add(SshConfigCondition? condition, string keyword, string value) => _settings.Add((condition, keyword, value));

    /// <summary>What holds for a name.</summary>
    /// <param name="line">Where the name stands.</param>
    public ImportedHost Resolve(string name, int line, string file)
    {
        string? address = null, user = null, port = null, jump = null, command = null;
        var identities = new List<string>();
        var verdicts = new Dictionary<SshConfigCondition, bool>(ReferenceEqualityComparer.Instance);
        foreach (var (condition, keyword, value) in _settings)
        {
            if (condition is not null && !condition.Holds(name, verdicts))
            {
                continue;
            }

            switch (keyword)
            {
                case "hostname":
                    address ??= value;
                    break;
                case "user":
                    user ??= value;
                    break;
                case "port":
                    port ??= value;
                    break;
                case "proxyjump" when command is null:
                    jump ??= value;
                    break;
                case "proxycommand" when jump is null:
                    command ??= value;
                    break;
                case "identityfile" when identities.Count < MostIdentityFiles && !identities.Contains(value):
                    identities.Add(value);
                    break;
            }
        }

        string? unusable = null;
        if (address is { } written && (address = Expand(written, name)) is null)
        {
            unusable = "Its HostName has a token other than %h, which has no meaning there.";
        }
        else if (command is not null && !command.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            unusable = "It is reached by a ProxyCommand, which the dashboard does not run. Use ProxyJump.";
        }
        else if (user == "git")
        {
            unusable = "It is signed in to as git: a code host, not a machine.";
        }

        return new ImportedHost
        {
            Name = name,
            Line = line,
            File = file,
            Address = address?.ToLowerInvariant(),
            Port = port is null ? null : int.Parse(port, CultureInfo.InvariantCulture),
            User = user,
            Jumps = jump is null ? null
                : jump.Equals("none", StringComparison.OrdinalIgnoreCase) ? []
                : [.. jump.Split(',').Select(j => j.Trim())],
            IdentityFiles = identities,
            Unusable = unusable,
        };
    }

    /// <returns>Null when there is another token than %h and %%.</returns>
    private static string? Expand(string text, string name)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            switch (i + 1 < text.Length ? text[++i] : '\0')
            {
                case 'h':
                    result.Append(name);
                    break;
                case '%':
                    result.Append('%');
                    break;
                default:
                    return null;
            }

            if (result.Length > 10_000)
            {
                return null;
            }
        }

        return result.ToString();
    }
}
