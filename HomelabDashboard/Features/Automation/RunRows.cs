using System.Text.Json;
using HomelabDashboard.Features.Operations;

namespace HomelabDashboard.Features.Automation;

/// <summary>Between the table <c>tasks</c> and the records that pages see.</summary>
internal static class RunRows
{
    /// <summary>The word in <c>tasks.action</c>.</summary>
    public const string Action = "playbook_run";

    public const string Interrupted = OperationRecord.Interrupted;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Json);

    /// <param name="exitCode">Of ansible-playbook; null when it was ended.</param>
    /// <param name="lines">Of its output.</param>
    /// <param name="isCut">Whether the tree is less than there was.</param>
    public static RunResult ToResult(int? exitCode, RunTree tree, long lines, bool isCut) => new(
        exitCode, tree.Hosts.Count, tree.Hosts.Count(h => h.Counts.Changed > 0), tree.Hosts.Count(h => h.Counts.Failed > 0),
        tree.Hosts.Count(h => h.Counts.Unreachable > 0), lines, isCut);

    /// <param name="there">The ids of all hosts that there are rows of.</param>
    public static IEnumerable<TaskHost> ToHosts(string taskId, RunTree tree, IReadOnlySet<string> there) => tree.Hosts.Select(h => new TaskHost
    {
        TaskId = taskId,
        HostId = h.HostId is { } hostId && there.Contains(hostId) ? hostId : null,
        HostName = h.Name,
        Ok = h.Counts.Ok,
        Changed = h.Counts.Changed,
        Failed = h.Counts.Failed,
        Unreachable = h.Counts.Unreachable,
        Skipped = h.Counts.Skipped,
        Rescued = h.Counts.Rescued,
        Ignored = h.Counts.Ignored,
        Message = h.Message,
    });

    /// <summary>How a run ended by the end of its operation; null where there is none.</summary>
    public static (AutomationTaskStatus Status, string? Error) EndOf(OperationStatus? status, string? error) =>
        status == OperationStatus.Succeeded ? (AutomationTaskStatus.Completed, null)
        : (error == OperationRecord.Cancelled ? AutomationTaskStatus.Cancelled : AutomationTaskStatus.Failed, error ?? Interrupted);

    public static RunRecord ToRecord(AutomationTask row)
    {
        var result = row.ResultData is { } data ? JsonSerializer.Deserialize<RunResult>(data, Json) : null;
        return new RunRecord(
            row.Id, row.Action, row.Playbook ?? "", row.Target, row.Status, row.CreatedAt, row.StartedAt, row.CompletedAt, row.ErrorMessage, row.RequestedBy,
            row.Request is { } request ? JsonSerializer.Deserialize<RunRequest>(request, Json)! : new RunRequest(row.Playbook ?? "", row.Target),
            result)
        {
            HostsImpacted = result?.Hosts ?? 0,
            HostsFailed = result is null ? 0 : result.Failed + result.Unreachable,
            Lines = result?.Lines ?? 0,
            TreeCut = result?.TreeCut is true,
        };
    }
}
