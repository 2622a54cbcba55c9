using System.Text.Json;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Automation;

/// <summary>What a run may be asked for, in words for a person. Everything that is not plainly allowed is refused.</summary>
public static partial class RunRules
{
    public const string All = "all";
    public const string HostPrefix = "host:";
    public const string GroupPrefix = "group:";
    public const int LongestPattern = 255;
    public const int LongestExtraVars = 64 * 1024;
    public const int LongestTimeout = 7 * 24 * 3600;
    public const int MostForks = 100;
    public const int LongestPassword = 1024;
    private const int LongestTags = 500;
    private const int DeepestVars = 32;

    private const string PatternWords = "names of hosts and groups with * and ?, put together by : or , and with ! (not) or & (also) before a part";

    /// <summary>A file of the playbooks folder: no path, and nothing that could be an option.</summary>
    public static bool IsPlaybookName(string? name) => name is not null && PlaybookShape().IsMatch(name);

    public static bool IsPattern(string? pattern) => pattern is { Length: <= LongestPattern } && PatternShape().IsMatch(pattern);

    /// <summary>Messages by field; empty when all is well.</summary>
    public static IReadOnlyDictionary<string, string[]> Check(RunRequest request, string? becomePassword)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (!IsPlaybookName(request.Playbook))
        {
            errors["playbook"] = ["A playbook's name has letters, digits, dots, hyphens and underscores, and ends in .yml or .yaml."];
        }

        if (!IsTarget(request.Target))
        {
            errors["target"] = [$"Say all, host:<id>, group:<name>, or a pattern: {PatternWords}."];
        }

        if (request.Limit is not null && !IsPattern(request.Limit))
        {
            errors["limit"] = [$"A limit is a pattern: {PatternWords}."];
        }
        else if (request.Limit is { } limit && request.Target != All && IsUnion(limit) && IsUnion(request.Target))
        {
            errors["limit"] = ["Ansible cannot narrow several names to several others. Give one of target and limit as a single name."];
        }

        if (request.Tags is { } tags && !(tags.Length <= LongestTags && tags.Split(',').All(t => TagShape().IsMatch(t))))
        {
            errors["tags"] = ["Tags have letters, digits, hyphens, underscores and dots, and stand apart by commas."];
        }

        if (request.Forks is < 1 or > MostForks)
        {
            errors["forks"] = [$"Forks are from 1 to {MostForks}."];
        }

        if (request.Timeout is < 1 or > LongestTimeout)
        {
            errors["timeout"] = [$"A timeout is from 1 to {LongestTimeout} seconds (7 days)."];
        }

        if (request.ExtraVars is { } vars && VarsFault(vars) is { } fault)
        {
            errors["extra_vars"] = [fault];
        }

        if (becomePassword is { Length: > LongestPassword } || becomePassword?.AsSpan().ContainsAny('\n', '\r', '\0') is true)
        {
            errors["become_password"] = [$"A password is one line of at most {LongestPassword} characters."];
        }

        return errors;
    }

    /// <summary>What Ansible is limited to; null for everything.</summary>
    /// <param name="target">The target as a pattern of Ansible's; null for all hosts.</param>
    public static string? Limit(string? target, string? limit) => (target, limit) switch
    {
        (null, _) => limit,
        (_, null) => target,
        _ when IsUnion(limit) => $"{limit}:&{target}",
        _ => $"{target}:{(limit[0] is '!' or '&' ? limit : "&" + limit)}",
    };

    private static bool IsTarget(string? target) => target switch
    {
        null => false,
        _ when target.StartsWith(HostPrefix, StringComparison.Ordinal) => HostIdShape().IsMatch(target[HostPrefix.Length..]),
        _ when target.StartsWith(GroupPrefix, StringComparison.Ordinal) => Hosts.HostRules.IsGroup(target[GroupPrefix.Length..]),
        _ => IsPattern(target),
    };

    private static bool IsUnion(string pattern) =>
        !pattern.StartsWith(HostPrefix, StringComparison.Ordinal) && !pattern.StartsWith(GroupPrefix, StringComparison.Ordinal) && pattern.AsSpan().ContainsAny(':', ',');

    private static string? VarsFault(string text)
    {
        if (text.Length > LongestExtraVars)
        {
            return "Variables are at most 64 KiB.";
        }

        try
        {
            using var vars = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DeepestVars, AllowDuplicateProperties = false });
            return vars.RootElement.ValueKind != JsonValueKind.Object ? "Give variables as a JSON object, such as {\"version\": \"1.2\"}."
                : vars.RootElement.EnumerateObject().FirstOrDefault(v => !VarShape().IsMatch(v.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } odd
                    ? $"{odd.Name[..Math.Min(odd.Name.Length, 40)]} is no name that a variable may have."
                : SecretVars.Missing(text) is { Count: > 0 } missing ? $"Give {string.Join(", ", missing)} a value: what may be secret is not kept from one run to the next."
                : null;
        }
        catch (JsonException wrong)
        {
            return wrong.LineNumber is { } line
                ? $"This is no JSON object: line {line + 1}, character {wrong.BytePositionInLine + 1}."
                : "A name stands twice in one JSON object. Take one of the two out.";
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,95}\.ya?ml\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlaybookShape();

    /// <summary>No @ (a file), no ~ (a regular expression), nothing that an option starts with.</summary>
    [GeneratedRegex(@"\A[!&]?[A-Za-z0-9_*?][A-Za-z0-9_.*?-]*([:,][!&]?[A-Za-z0-9_*?][A-Za-z0-9_.*?-]*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex PatternShape();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex TagShape();

    [GeneratedRegex(@"\A[a-z0-9]{1,26}\z", RegexOptions.NonBacktracking)]
    private static partial Regex HostIdShape();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.NonBacktracking)]
    private static partial Regex VarShape();
}
