using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Hosts.Power;

/// <summary>Restarting hosts and shutting them down: what pages and endpoints call.</summary>
public sealed class PowerService(Access access, HostBoard hosts, HostConnections connections, OperationQueue operations, LiveStore<string, OperationRecord> live)
{
    /// <summary>
    /// Needs hosts:write. The operation goes on until the host is seen to be back, or off, or not.
    /// <c>HOST_UNREACHABLE</c> while it is not connected; <c>OPERATION_OPEN</c> while it is being restarted or shut down.
    /// </summary>
    public async Task<Result<OperationRecord>> StartAsync(string hostId, PowerAction action, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        if (hosts.Live.Get(hostId) is not { } host)
        {
            return Problem.NotFound("host");
        }

        if (connections.Live.Get(hostId) is null)
        {
            return new Problem("HOST_UNREACHABLE", host.StatusReason ?? $"{host.Name} is not connected.");
        }

        if (live.Snapshot().Values.FirstOrDefault(o => o.HostId == hostId && o.IsOpen && (o.Kind is PowerOperation.RebootKind or PowerOperation.ShutDownKind)) is { } open)
        {
            return new Problem("OPERATION_OPEN", $"{host.Name} is being restarted or shut down already.") { OperationId = open.Id };
        }

        return await operations.EnqueueAsync(PowerOperation.KindOf(action), $"host:{hostId}", hostId, caller.Username, cancellationToken);
    }
}
