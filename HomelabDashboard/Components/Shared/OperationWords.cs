using System.Globalization;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Components.Shared;

/// <summary>How an operation is told of: what is done, to what, and where to see that.</summary>
public sealed class OperationWords(LiveStore<string, HostSummary> hosts, LiveStore<int, ContainerSummary> containers)
{
    /// <summary>Such as <c>Restart</c>.</summary>
    public static string Verb(OperationRecord operation) => operation.Kind switch
    {
        "collect" => "Read the figures of",
        "bootstrap" => "Set up",
        "reboot" => "Restart",
        "shut_down" => "Shut down",
        "container_unpause" => "Resume",
        "image_remove" or "volume_remove" => "Remove",
        "lint" => "Check",
        RunRows.Action => "Run",
        var kind when kind.StartsWith("container_", StringComparison.Ordinal) => Sentence(kind["container_".Length..]),
        var kind when kind.StartsWith("prune_", StringComparison.Ordinal) => $"Remove unused {kind["prune_".Length..].Replace('_', ' ')} from",
        var kind => Sentence(kind),
    };

    /// <summary>What it is done to, by its name.</summary>
    public string Name(OperationRecord operation) => Split(operation.Target) switch
    {
        ("host", var id) => hosts.Get(id)?.Name ?? "a host that is gone",
        ("container", _) => Container(operation)?.Name ?? "a container that is gone",
        ("image", _) => "an image",
        ("volume", _) => "a volume",
        ("playbook", var run) => Playbook(run),
        ("stack", var stack) => stack[(stack.IndexOf('/', StringComparison.Ordinal) + 1)..],
        (_, var name) => name,
    };

    /// <summary>The host that it is done on, where that is not the thing itself.</summary>
    public string? HostName(OperationRecord operation) =>
        operation.HostId is { } id && operation.Target != "host:" + id ? hosts.Get(id)?.Name : null;

    /// <summary>The page about it; null where there is none.</summary>
    public string? Href(OperationRecord operation) => Split(operation.Target) switch
    {
        ("host", var id) when hosts.Get(id) is not null => "/hosts/" + id,
        ("container", _) when Container(operation) is { } container => string.Create(CultureInfo.InvariantCulture, $"/containers/{container.Id}"),
        ("image", _) => "/images",
        ("volume", _) => "/volumes",
        ("playbook", _) when operation.Kind == RunRows.Action => "/automation/runs/" + operation.Id,
        _ => null,
    };

    /// <summary>Why it ended as it did; null where it went well.</summary>
    public static string? Error(OperationRecord operation) => Error(operation.Error);

    /// <summary>The same for what is kept of it elsewhere, such as the run of a schedule.</summary>
    public static string? Error(string? error) => error switch
    {
        OperationRecord.Cancelled => "Cancelled.",
        OperationRecord.Interrupted => "Interrupted: the dashboard ended before it was over.",
        _ => error,
    };

    private static (string What, string Which) Split(string target)
    {
        var colon = target.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? ("", target) : (target[..colon], target[(colon + 1)..]);
    }

    /// <summary>The playbook, and what it runs on where that is no host: <c>upgrade.yml</c>, <c>upgrade.yml on group web</c>.</summary>
    private static string Playbook(string run)
    {
        var at = run.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? run
            : run[(at + 1)..] switch
            {
                var on when on.StartsWith("host:", StringComparison.Ordinal) => run[..at],
                var on when on.StartsWith("group:", StringComparison.Ordinal) => $"{run[..at]} on group {on["group:".Length..]}",
                var on => $"{run[..at]} on {on}",
            };
    }

    private ContainerSummary? Container(OperationRecord operation) => ContainerOperation.ContainerOf(operation) is { } id ? containers.Get(id) : null;

    private static string Sentence(string kind) => char.ToUpperInvariant(kind[0]) + kind[1..].Replace('_', ' ');
}
