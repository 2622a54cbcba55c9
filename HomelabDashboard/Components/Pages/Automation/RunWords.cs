using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Components.Pages.Automation;

/// <summary>Runs in words.</summary>
internal static class RunWords
{
    /// <summary>Where it runs, such as <c>all hosts</c> or <c>group web</c>.</summary>
    public static string Target(string target, LiveStore<string, HostSummary>? hosts) =>
        target == RunRules.All ? "all hosts"
        : target.StartsWith(RunRules.GroupPrefix, StringComparison.Ordinal) ? "group " + target[RunRules.GroupPrefix.Length..]
        : target.StartsWith(RunRules.HostPrefix, StringComparison.Ordinal) ? hosts?.Get(target[RunRules.HostPrefix.Length..])?.Name ?? "a host that is gone"
        : target;

    /// <summary>A file's name as a title: <c>upgrade-packages.yml</c> is <c>Upgrade packages</c>.</summary>
    public static string Title(string playbook)
    {
        var name = Path.GetFileNameWithoutExtension(playbook).Replace('-', ' ').Replace('_', ' ');
        return name.Length == 0 ? playbook : char.ToUpperInvariant(name[0]) + name[1..];
    }

    /// <summary>How long it took, or has taken so far; nothing before it began.</summary>
    public static string Duration(RunRecord run, DateTime now) => run.StartedAt is { } begun ? Format.Duration((run.CompletedAt ?? now) - begun) : "";

    /// <summary>How it went, in numbers of hosts.</summary>
    public static string Hosts(RunRecord run) => run.HostsImpacted == 0 ? ""
        : run.HostsFailed > 0 ? $"{run.HostsFailed} of {Format.Plural(run.HostsImpacted, "host")} failed"
        : Format.Plural(run.HostsImpacted, "host");

    public static string State(RunState state) => state switch
    {
        RunState.Ok => "ok",
        RunState.Changed => "changed",
        RunState.Failed => "failed",
        RunState.Unreachable => "unreachable",
        RunState.Ignored => "failed, ignored",
        RunState.Rescued => "failed, rescued",
        RunState.Running => "running",
        _ => "skipped",
    };

    /// <summary>The class of styles/automation.css.</summary>
    public static string CssClass(RunState? state) => state switch
    {
        null => "cell",
        RunState.Ignored or RunState.Rescued => "cell ignored",
        { } known => "cell " + State(known),
    };
}
