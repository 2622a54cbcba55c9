using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Automation;

/// <summary>What is to be run, and where.</summary>
/// <param name="Playbook">A file of the playbooks folder, such as <c>upgrade-packages.yml</c>.</param>
/// <param name="Target"><c>all</c>, <c>host:&lt;id&gt;</c>, <c>group:&lt;name&gt;</c>, or a pattern of Ansible's over the names of hosts and groups, such as <c>web*:!web-3</c>.</param>
public sealed record RunRequest(string Playbook, string Target)
{
    /// <summary>A JSON object; null for none.</summary>
    [JsonConverter(typeof(JsonTextConverter))]
    public string? ExtraVars { get; init; }

    /// <summary>Say what would change, with the differences, and change nothing.</summary>
    public bool Check { get; init; }

    /// <summary>A pattern that narrows the target further.</summary>
    public string? Limit { get; init; }

    /// <summary>Tags separated by commas; only tasks with one of them run.</summary>
    public string? Tags { get; init; }

    /// <summary>How many hosts at once, 1 to 100; null: the setting.</summary>
    public int? Forks { get; init; }

    /// <summary>In seconds, from 1 to 7 days; null: the setting.</summary>
    public int? Timeout { get; init; }

    /// <summary>The names of the hosts alone that failed before, of those that target and limit name; null: all of those. Written by the dashboard.</summary>
    public IReadOnlyList<string>? OnlyHosts { get; init; }

    /// <summary>Whether it was given a password for sudo, which is not kept. Written by the dashboard.</summary>
    public bool HadPassword { get; init; }
}

/// <param name="TaskId">The row in <c>tasks</c>.</param>
/// <param name="OperationId">The row in <c>operations</c>.</param>
public sealed record RunStart(string TaskId, string OperationId);
