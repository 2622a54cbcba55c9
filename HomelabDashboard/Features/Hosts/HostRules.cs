using System.Text.RegularExpressions;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts;

/// <summary>What a host's fields may be, in words for a person. Everything that is not plainly allowed is refused.</summary>
public static partial class HostRules
{
    /// <summary>From where on a percentage is worth a look, unless the host has its own.</summary>
    public const int WarnPercent = 75;

    /// <summary>From where on a percentage needs somebody, unless the host has its own.</summary>
    public const int CriticalPercent = 90;

    public const int MostTags = 20;
    public const int LongestNotes = 4000;
    public const int LongestReason = 200;
    private const int LongestAddress = 50;

    /// <summary>Messages by field, in the API's names; empty when all is well. Fields that are null are not looked at.</summary>
    public static IReadOnlyDictionary<string, string[]> Check(HostInput input)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Add("name", input.Name, IsName, "A name has 1 to 63 letters, digits, dots, hyphens and underscores, and starts with a letter or digit.");
        Add("ip_address", input.IpAddress, a => a.Length <= LongestAddress && SshHostEntry.IsHostName(a), AddressMessage(input.IpAddress));
        Add("ssh_user", input.SshUser, SshHostEntry.IsUser, "A user has 1 to 32 letters, digits, dots, hyphens and underscores, and starts with a letter or underscore.");
        Add("proxy_jump", input.ProxyJump, j => j.Length == 0 || IsName(j), "Name a host of this dashboard, by its name or id.");
        Add("ansible_group", input.AnsibleGroup, g => g.Length == 0 || IsGroup(g), "A group has 1 to 50 letters, digits, hyphens and underscores, and starts with a letter or underscore.");
        Add("notes", input.Notes, n => n.Length <= LongestNotes && IsText(n), $"Notes have at most {LongestNotes} characters.");
        Add("maintenance_reason", input.MaintenanceReason, r => r.Length <= LongestReason && IsText(r) && !r.Contains('\n'), $"A reason is one line of at most {LongestReason} characters.");
        if (input.SshPort is < 1 or > 65535)
        {
            errors["ssh_port"] = ["A port is a number from 1 to 65535."];
        }

        if (input.Tags is { } tags && (tags.Count > MostTags || !tags.All(IsTag)))
        {
            errors["tags"] = [$"A host has at most {MostTags} tags, each of 1 to 32 letters, digits, dots, hyphens and underscores."];
        }

        foreach (var (field, percent) in new[] { ("warn_percent", input.WarnPercent), ("critical_percent", input.CriticalPercent) })
        {
            if (percent is < 0 or > 100)
            {
                errors[field] = ["Give a percentage from 1 to 100, or nothing for the usual one."];
            }
        }

        return errors;

        void Add(string field, string? value, Func<string, bool> allowed, string message)
        {
            if (value is not null && !allowed(value))
            {
                errors[field] = [message];
            }
        }
    }

    public static bool IsName(string value) => NameShape().IsMatch(value);

    public static bool IsGroup(string value) => GroupShape().IsMatch(value);

    public static bool IsTag(string? value) => value is not null && TagShape().IsMatch(value);

    private static bool IsText(string value) => !value.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));

    private static string AddressMessage(string? address) =>
        address is { Length: > LongestAddress and <= 253 } && SshHostEntry.IsHostName(address)
            ? "An address has at most 50 characters. Use a shorter name, or the IP address."
            : "Give an IPv4 address, an IPv6 address without a zone, or a DNS name, and nothing else (the port has a field of its own).";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z", RegexOptions.NonBacktracking)]
    private static partial Regex NameShape();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,49}\z", RegexOptions.NonBacktracking)]
    private static partial Regex GroupShape();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,31}\z", RegexOptions.NonBacktracking)]
    private static partial Regex TagShape();
}
