using System.Globalization;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Docker;

/// <summary>The operations <c>prune_containers</c>, <c>prune_images</c>, … on <c>host:&lt;id&gt;</c>; the message tells how much was freed.</summary>
public sealed class PruneOperation(PruneKind kind, DockerBoard board, LiveStore<string, HostSummary> hosts, ActivityLog log) : IOperationHandler
{
    public string Kind => KindOf(kind);

    public string RetryScope => Scopes.DockerExecute;

    public static string KindOf(PruneKind kind) => "prune_" + EnumWords<PruneKind>.Of(kind);

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(hosts.Get(operation.HostId ?? "")?.Name ?? operation.Target);

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var hostId = operation.HostId ?? "";
        var engine = await board.EngineSoonAsync(hostId, cancellationToken);
        if (!engine.Succeeded)
        {
            return engine.Problem.Message;
        }

        try
        {
            progress(null, "Removing what nothing uses.");
            var freed = await engine.Value.PruneAsync(kind, cancellationToken);
            progress(1, freed is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"Freed {bytes / 1e6:0.#} MB.") : "Done.");
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
            // An engine may give it up with its caller. What nothing uses may be more by now than somebody agreed to: it is looked at, and not removed again.
            progress(null, "The connection to the engine was lost in the middle of it. Waiting to see what became of it.");
            int? left = null;
            if (!await board.IsSeenDoneAsync(hostId, async again => (left = await LeftAsync(again, cancellationToken)) == 0, cancellationToken, most: 10))
            {
                return "The connection to the engine was lost in the middle of it. " + (left is null ? "Some of it may be removed." : string.Create(CultureInfo.InvariantCulture, $"Still there of what was to go: {left}."));
            }

            progress(1, "Done. How much it freed was lost with the connection.");
        }

        log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{operation.RequestedBy} removed unused {EnumWords<PruneKind>.Of(kind).Replace('_', ' ')} from {hosts.Get(hostId)?.Name}.", hostId);
        return null;
    }

    private async Task<int> LeftAsync(EngineClient engine, CancellationToken cancellationToken) =>
        PrunePreview.Of(await engine.UseAsync(cancellationToken)).Single(p => p.Kind == kind).Count;
}
