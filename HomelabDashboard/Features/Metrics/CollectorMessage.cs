namespace HomelabDashboard.Features.Metrics;

/// <summary>What the collector script on a host can say.</summary>
public abstract record CollectorMessage;

/// <summary>It runs and waits for requests.</summary>
public sealed record CollectorReady : CollectorMessage;

/// <summary>It cannot work there.</summary>
/// <param name="Word">One word of the script's own.</param>
public sealed record CollectorError(string Word) : CollectorMessage;

/// <summary>The answer to one request: lines as they stand on the host, by section.</summary>
/// <param name="Number">Of the request.</param>
public sealed record MetricFrame(long Number, IReadOnlyDictionary<string, IReadOnlyList<string>> Sections) : CollectorMessage
{
    public IReadOnlyList<string> Section(string name) => Sections.TryGetValue(name, out var lines) ? lines : [];

    public bool Has(string name) => Sections.ContainsKey(name);
}
