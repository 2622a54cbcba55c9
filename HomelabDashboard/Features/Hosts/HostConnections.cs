namespace HomelabDashboard.Features.Hosts;

/// <summary>The one SSH connection to each host, shared by all that is done there. Singleton.</summary>
public sealed class HostConnections
{
    /// <summary>
    /// The program and its arguments that give a login shell on a connected host over its shared connection, to be run on a PTY.
    /// No value of a user's is part of it: the host is named by its id, everything else stands in the generated ssh config.
    /// </summary>
    /// <returns><c>HOST_UNREACHABLE</c> with the reason in words when the host is not connected now; <c>NOT_FOUND</c>.</returns>
    public Result<IReadOnlyList<string>> ShellCommand(string hostId) => throw new NotImplementedException();
}
