using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Which of an inventory's variables are kept for Ansible. Everything that could be a secret or run something here is not.</summary>
public static partial class AnsibleVars
{
    private const int Longest = 64 * 1024;

    /// <summary>What the host's own columns hold.</summary>
    private static readonly HashSet<string> Held = new(StringComparer.Ordinal)
    {
        "ansible_host", "ansible_ssh_host", "ansible_port", "ansible_ssh_port", "ansible_user", "ansible_ssh_user", "ansible_connection",
        "ansible_ssh_private_key_file", "ansible_private_key_file",
    };

    /// <summary>What is said to Ansible of the host, and not of how it gets there.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "ansible_become", "ansible_become_user", "ansible_become_method", "ansible_python_interpreter",
    };

    /// <summary>The variables as a JSON object; null when none is kept.</summary>
    /// <param name="vars">As they stand in the inventory.</param>
    /// <param name="leftOut">Told each variable that is not kept, and why; never its value.</param>
    public static string? Keep(IReadOnlyDictionary<string, JsonNode?> vars, Action<string, string> leftOut)
    {
        var kept = new JsonObject();
        var length = 0;
        foreach (var (name, value) in vars.Where(v => !Held.Contains(v.Key)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var text = value?.ToJsonString() ?? "null";
            if (Refusal(name, value) is { } reason)
            {
                leftOut(name, reason);
            }
            else if ((length += name.Length + text.Length) > Longest)
            {
                leftOut(name, "is left out: the variables of one host or group are more than 64 KiB");
            }
            else
            {
                kept[name] = JsonNode.Parse(text);
            }
        }

        return kept.Count == 0 ? null : kept.ToJsonString();
    }

    /// <summary>Whether a variable's name, or a name or text inside of its value, is as secrets are.</summary>
    internal static bool MayBeSecret(string name, JsonNode? value) => Secret().IsMatch(name) || HasSecret(value);

    private static string? Refusal(string name, JsonNode? value)
    {
        if (!NameShape().IsMatch(name))
        {
            return "is left out: it has no name that a variable may have";
        }

        if (MayBeSecret(name, value))
        {
            return "is left out: it may be a secret, and secrets are not kept";
        }

        if (name.StartsWith("ansible_", StringComparison.Ordinal) && !Harmless.Contains(name))
        {
            return "is left out: how Ansible connects is up to the dashboard";
        }

        return HasTemplate(value) ? "is left out: it is a template, and those could run programs on the dashboard's machine" : null;
    }

    private static bool HasSecret(JsonNode? value) => value switch
    {
        JsonObject map => map.Any(e => Secret().IsMatch(e.Key) || HasSecret(e.Value)),
        JsonArray list => list.Any(HasSecret),
        _ => Text(value) is { } text && (text.StartsWith("$ANSIBLE_VAULT", StringComparison.Ordinal) || text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)),
    };

    private static bool HasTemplate(JsonNode? value) => value switch
    {
        JsonObject map => map.Any(e => IsTemplate(e.Key) || HasTemplate(e.Value)),
        JsonArray list => list.Any(HasTemplate),
        _ => Text(value) is { } text && IsTemplate(text),
    };

    private static bool IsTemplate(string text) =>
        text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) || text.Contains("{#", StringComparison.Ordinal);

    private static string? Text(JsonNode? value) => value is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.String ? scalar.GetValue<string>() : null;

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.NonBacktracking)]
    private static partial Regex NameShape();

    [GeneratedRegex(@"passw|passphrase|secret|token|credential|vault|private_?key|api_?key|(\A|_)(pass|pw|pwd)(\z|_)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();
}
