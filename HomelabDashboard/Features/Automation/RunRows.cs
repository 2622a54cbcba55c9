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
