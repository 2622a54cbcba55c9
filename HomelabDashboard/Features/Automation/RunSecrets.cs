using System.Collections.Concurrent;

namespace HomelabDashboard.Features.Automation;

/// <summary>What a run was given that is not kept: in memory alone, until the run takes it. Singleton.</summary>
public sealed class RunSecrets
{
    private readonly ConcurrentDictionary<string, RunSecret> _secrets = new(StringComparer.Ordinal);

    internal void Put(string taskId, RunSecret secret) => _secrets[taskId] = secret;

    internal RunSecret? Take(string taskId) => _secrets.TryRemove(taskId, out var secret) ? secret : null;
}

/// <param name="extraVars">With all their values.</param>
internal sealed class RunSecret(string? extraVars, string? becomePassword)
{
    public string? ExtraVars => extraVars;

    public string? BecomePassword => becomePassword;
}
