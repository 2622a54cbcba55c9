using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
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
public sealed class StackOperation(StackVerb verb, StackBook book, StackFiles files, LiveStore<string, HostSummary> hosts, OperationOutputs outputs, ActivityLog log) : IOperationHandler
{
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
        string? error;
        try
        {
            error = await files.RunAsync(hostId, Kind, name, definition, line =>
            {
                outputs.Write(operation.Id, line);
                progress(null, line);
            }, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            progress(null, "Asked to stop. What Compose had begun may go on there for a while: look at the services.");
            throw;
        }
        catch (IOException)
        {
            return "The connection to the host was lost in the middle of it. What was begun may go on there: look at the services before you try again.";
        }

        if (error is null)
        {
            var did = verb switch { StackVerb.Deploy => "brought up", StackVerb.Mutate => "applied the files of", _ => "took down" };
            log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{operation.RequestedBy} {did} the project {name} on {hosts.Get(hostId)?.Name}.", hostId);
        }

        return error;
    }

    private static string NameOf(OperationRecord operation) => operation.Target[(operation.Target.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
