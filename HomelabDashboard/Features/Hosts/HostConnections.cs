using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts;

/// <summary>The one SSH connection to each host, shared by all that is done there. Singleton.</summary>
public sealed class HostConnections(HostBoard board, SshFolder folder, TimeProvider time)
{
    /// <summary>The hosts that are connected now, by id.</summary>
    public LiveStore<string, HostConnection> Live { get; } = new(time);

    /// <summary>
    /// The program and its arguments that give a login shell on a connected host over its shared connection, or over one of its own
    /// where the host opens no more sessions on that (sshd's <c>MaxSessions</c>, ten where nobody set it), to be run on a PTY.
    /// No value of a user's is part of it: the host is named by its id, everything else stands in the generated ssh config.
    /// </summary>
    /// <returns><c>HOST_UNREACHABLE</c> with the reason in words when the host is not connected now; <c>NOT_FOUND</c>.</returns>
    /// <param name="remoteCommand">To be run there in place of the bare login shell: constants of the program's, and at most the id of a container.</param>
    public Result<IReadOnlyList<string>> ShellCommand(string hostId, string? remoteCommand = null)
    {
        if (board.Live.Get(hostId) is not { } host)
        {
            return Problem.NotFound("host");
        }

        if (Live.Get(hostId) is null)
        {
            return new Problem("HOST_UNREACHABLE", host.StatusReason ?? $"{host.Name} is not connected.");
        }

        // Where the host opens no more sessions on the shared connection ssh logs in once more, and at this level without a word about that.
        return new Result<IReadOnlyList<string>>(
            ["ssh", "-F", folder.Config, "-tt", "-o", "ControlMaster=no", "-o", "LogLevel=FATAL", hostId, .. remoteCommand is null ? Array.Empty<string>() : [remoteCommand]], null);
    }
}
