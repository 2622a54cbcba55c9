using System.Text.Json.Nodes;
using HomelabDashboard.Features.Hosts.Import;

namespace HomelabDashboard.Features.Automation;

/// <summary>Takes the values of variables that may be secrets out of what is kept of a run.</summary>
internal static class SecretVars
{
    /// <summary>The variables with null in the place of each value that may be a secret.</summary>
    /// <param name="extraVars">A JSON object.</param>
    /// <param name="hidden">The names of those.</param>
    public static string Hide(string extraVars, out IReadOnlyList<string> hidden)
    {
        var vars = JsonNode.Parse(extraVars)!.AsObject();
        hidden = [.. vars.Where(v => v.Value is not null && AnsibleVars.MayBeSecret(v.Key, v.Value)).Select(v => v.Key)];
        foreach (var name in hidden)
        {
            vars[name] = null;
        }

        return vars.ToJsonString();
    }

    /// <summary>The names of the variables whose values were taken out.</summary>
    public static IReadOnlyList<string> Missing(string? extraVars) => extraVars is null
        ? []
        : [.. JsonNode.Parse(extraVars)!.AsObject().Where(v => v.Value is null && AnsibleVars.MayBeSecret(v.Key, v.Value)).Select(v => v.Key)];
}
