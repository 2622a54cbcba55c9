using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>What can be done with a whole project.</summary>
public enum StackVerb
{
    /// <summary>Brings it up.</summary>
    Deploy,

    /// <summary>Applies changed files to a project that is up; what they no longer name goes.</summary>
    Mutate,

    /// <summary>Stops and removes its containers and networks; volumes stay.</summary>
    Down,
}

/// <summary>The operations <c>deploy</c>, <c>mutate</c> and <c>down</c>, on <c>stack:&lt;host_id&gt;/&lt;name&gt;</c>.</summary>
public sealed class StackOperation(
    StackVerb verb, StackBook book, StackFiles files, DockerBoard board, DockerAlerts alerts, LiveStore<string, HostSummary> hosts, OperationOutputs outputs, ActivityLog log) : IOperationHandler
{
    private const string Lost = "The connection to the host was lost in the middle of it.";

    public string Kind => KindOf(verb);

    public static string KindOf(StackVerb verb) => verb.ToString().ToLowerInvariant();

    public static string TargetOf(string hostId, string name) => $"stack:{hostId}/{name}";

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) =>
        ValueTask.FromResult($"the project {NameOf(operation)} on {hosts.Get(operation.HostId ?? "")?.Name}");

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var hostId = operation.HostId ?? "";
        var name = NameOf(operation);
        if (await book.FindAsync(hostId, name, cancellationToken) is not { Definition: { } definition })
        {
            return "Nothing says any more where the files of this project are.";
        }

        await book.RememberAsync(hostId, name, definition, cancellationToken);
        progress(null, verb switch { StackVerb.Deploy => $"Bringing {name} up.", StackVerb.Mutate => $"Applying the files of {name}.", _ => $"Taking {name} down." });

        // Docker tells of each that Compose ends that somebody asked for it. Podman does not always.
        using var expected = board.Hosts.Get(hostId) is { Product: "Podman" }
            ? alerts.Expect(hostId, [.. board.Containers.Snapshot().Values.Where(c => c.HostId == hostId && c.ComposeProject == name).Select(c => c.ContainerId)])
            : null;
        string? error;
        try
        {
            error = await SeeThroughAsync(hostId, name, definition, Tell, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            progress(null, "Asked to stop. What Compose had begun may go on there for a while: look at the services.");
            throw;
        }

        void Tell(string line)
        {
            outputs.Write(operation.Id, line);
            progress(null, line);
        }

        if (error is null)
        {
            var did = verb switch { StackVerb.Deploy => "brought up", StackVerb.Mutate => "applied the files of", _ => "took down" };
            log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{operation.RequestedBy} {did} the project {name} on {hosts.Get(hostId)?.Name}.", hostId);
        }

        return error;
    }

    /// <summary>Compose only makes what is not as its files say, so that it can be asked again where a connection took its answer along.</summary>
    private async Task<string?> SeeThroughAsync(string hostId, string name, StackDefinition definition, Action<string> tell, CancellationToken cancellationToken)
    {
        string? error = null;
        try
        {
            return await files.RunAsync(hostId, Kind, name, definition, tell, cancellationToken);
        }
        catch (EngineUnreachedException unreached)
        {
            return unreached.Message;
        }
        catch (IOException)
        {
            tell($"{Lost} Compose is asked again once the host is back.");
        }

        return await board.IsSeenDoneAsync(hostId, AskAgainAsync, cancellationToken)
            ? error
            : $"{Lost} What was begun may go on there: look at the services before you try again.";

        async Task<bool> AskAgainAsync(EngineClient _)
        {
            error = await files.RunAsync(hostId, Kind, name, definition, tell, cancellationToken);
            return true;
        }
    }

    private static string NameOf(OperationRecord operation) => operation.Target[(operation.Target.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
