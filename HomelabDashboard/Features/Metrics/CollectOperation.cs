using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;

namespace HomelabDashboard.Features.Metrics;

/// <summary>The operation <c>collect</c>: a full reading of one host, now.</summary>
public sealed class CollectOperation(MetricsCollector collector, HostBoard hosts) : IOperationHandler
{
    public const string KindWord = "collect";

    public string Kind => KindWord;

    public string RetryScope => Scopes.HostsWrite;

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(hosts.Live.Get(operation.HostId ?? "")?.Name ?? operation.Target);

    public Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        progress(null, "Reading the host's figures.");
        return collector.CollectAsync(operation.HostId ?? "", cancellationToken);
    }
}
