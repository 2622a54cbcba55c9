using System.Globalization;
using System.Net;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Docker;

/// <summary>The operations <c>container_start</c>, <c>container_stop</c>, … and <c>container_remove</c>, on <c>container:&lt;id&gt;</c>.</summary>
/// <param name="verb">Null: it is removed.</param>
public sealed class ContainerOperation(
    ContainerVerb? verb, DockerBoard board, DockerAlerts alerts, LiveStore<string, HostSummary> hosts, ActivityLog log) : IOperationHandler
{
    private const string Target = "container:";

    public string Kind => KindOf(verb);

    public string RetryScope => Scopes.DockerExecute;

    public static string KindOf(ContainerVerb? verb) => "container_" + (verb?.ToString().ToLowerInvariant() ?? "remove");

    public static string TargetOf(int id) => Target + id.ToString(CultureInfo.InvariantCulture);

    /// <summary>The container that an operation is about; null for one about something else.</summary>
    public static int? ContainerOf(OperationRecord operation) =>
        operation.Target.StartsWith(Target, StringComparison.Ordinal) && int.TryParse(operation.Target.AsSpan(Target.Length), CultureInfo.InvariantCulture, out var id) ? id : null;

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ContainerOf(operation) is { } id && board.Containers.Get(id) is { } container
            ? $"{container.Name} on {hosts.Get(container.HostId)?.Name}" : operation.Target);

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        if (ContainerOf(operation) is not { } id || board.Containers.Get(id) is not { } container)
        {
            return verb is null ? null : "The container is gone.";
        }

        var engine = await board.EngineSoonAsync(container.HostId, cancellationToken);
        if (!engine.Succeeded)
        {
            return engine.Problem.Message;
        }

        var host = hosts.Get(container.HostId)?.Name ?? "the host";
        progress(null, $"{Doing()} {container.Name} on {host}.");
        using var expected = verb is null or ContainerVerb.Stop or ContainerVerb.Restart or ContainerVerb.Kill ? alerts.Expect(container.HostId, [container.ContainerId]) : null;
        try
        {
            await (verb is { } what ? engine.Value.ActAsync(container.ContainerId, what, cancellationToken) : engine.Value.RemoveContainerAsync(container.ContainerId, cancellationToken));
        }
        catch (EngineException gone) when (gone.Status == HttpStatusCode.NotFound && verb is null)
        {
            // Somebody was faster.
        }
        catch (EngineException refused)
        {
            return refused.Message;
        }
        catch (EngineUnreachedException unreached)
        {
            return unreached.Message;
        }
        catch (IOException)
        {
            progress(null, $"The connection to the engine of {host} was lost in the middle of it. Waiting to see what became of {container.Name}.");
            if (!await board.IsSeenDoneAsync(container.HostId, _ => Task.FromResult(IsDone(container, board.Containers.Get(container.Id))), cancellationToken))
            {
                return $"The connection to the engine of {host} was lost in the middle of it, and what became of it was not seen. Look at the container's state before you try again.";
            }
        }

        log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{operation.RequestedBy} {Did()} {container.Name} on {host}.", container.HostId);
        return null;
    }

    private bool IsDone(ContainerSummary before, ContainerSummary? now) => verb switch
    {
        null => now is null,
        ContainerVerb.Start or ContainerVerb.Unpause => now?.State == "running",
        ContainerVerb.Restart => now?.State == "running" && now.StartedAt != before.StartedAt,
        ContainerVerb.Pause => now?.State == "paused",
        _ => now is { IsUp: false },
    };

    private string Doing() => verb switch
    {
        ContainerVerb.Start => "Starting",
        ContainerVerb.Stop => "Stopping",
        ContainerVerb.Restart => "Restarting",
        ContainerVerb.Pause => "Pausing",
        ContainerVerb.Unpause => "Resuming",
        ContainerVerb.Kill => "Killing",
        _ => "Removing",
    };

    private string Did() => verb switch
    {
        ContainerVerb.Start => "started",
        ContainerVerb.Stop => "stopped",
        ContainerVerb.Restart => "restarted",
        ContainerVerb.Pause => "paused",
        ContainerVerb.Unpause => "resumed",
        ContainerVerb.Kill => "killed",
        _ => "removed",
    };
}
