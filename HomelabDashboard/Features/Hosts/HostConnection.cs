using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts;

/// <summary>A host that is connected now. Its rooms run their commands over it; who owns it, and ends it, is the monitor.</summary>
public sealed class HostConnection(string hostId, SshConnection connection)
{
    public string HostId => hostId;

    /// <summary>The process of ssh's that holds it.</summary>
    public int Pid => connection.Pid;

    /// <summary>Completes when the connection is gone; never fails.</summary>
    public Task Closed => connection.Closed;

    /// <inheritdoc cref="SshConnection.RunAsync"/>
    public Task<SshChannel> RunAsync(string command, CancellationToken cancellationToken) => connection.RunAsync(command, cancellationToken);
}
