using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>What Ansible's variables say of where a host is and how it is reached.</summary>
internal static partial class AnsibleConnection
{
    private static readonly string[] SshConnections = ["ssh", "smart", "paramiko", "paramiko_ssh"];

    /// <param name="own">The host's own variables.</param>
    /// <param name="effective">With those of its groups.</param>
    public static ImportedHost ToHost(
        string name, int line, IReadOnlyList<string> groups, IReadOnlyDictionary<string, JsonNode?> own, IReadOnlyDictionary<string, JsonNode?> effective)
    {
        string? unusable = null;
        var address = Text("ansible_host") ?? Text("ansible_ssh_host");
        var user = Text("ansible_user") ?? Text("ansible_ssh_user");
        var portText = Text("ansible_port") ?? Text("ansible_ssh_port");
        var connection = Text("ansible_connection");
        var key = Text("ansible_ssh_private_key_file") ?? Text("ansible_private_key_file");
        var arguments = $"{Text("ansible_ssh_common_args")} {Text("ansible_ssh_extra_args")}";
        int? port = null;
        if (portText is not null)
        {
            port = int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        }

        if (connection is not null && !SshConnections.Contains(connection, StringComparer.Ordinal))
        {
            unusable = "It is not reached by SSH: its ansible_connection is another.";
        }
        else if (ProxyCommand().IsMatch(arguments))
        {
            unusable = "It is reached by a ProxyCommand, which the dashboard does not run. Use ProxyJump.";
        }
        else if (new[] { ("ansible_host", address), ("ansible_user", user), ("ansible_port", portText) }.FirstOrDefault(v => v.Item2?.Contains("{{", StringComparison.Ordinal) is true).Item1 is { } template)
        {
            unusable = $"Its {template} is a template, which only Ansible can resolve.";
        }

        return new ImportedHost
        {
            Name = name,
            Line = line,
            Address = address,
            Port = port,
            User = user,
            Jumps = ProxyJump().Match(arguments) is { Success: true } jump ? jump.Groups["way"].Value.Split(',') : null,
            IdentityFiles = key is null ? [] : [key],
            Groups = groups,
            Vars = own,
            Unusable = unusable,
        };

        string? Text(string variable) => effective.TryGetValue(variable, out var value) && value is JsonValue scalar ? scalar.ToString() : null;
    }

    [GeneratedRegex(@"(\A|\s)(-J\s*|-o\s*[""']?ProxyJump\s*[=\s]\s*)[""']?(?<way>[^\s""']+)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ProxyJump();

    [GeneratedRegex(@"-o\s*[""']?ProxyCommand", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ProxyCommand();
}
