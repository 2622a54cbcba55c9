using System.Collections.Concurrent;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>What was given to prepare a host, in memory alone, until the work takes it up or a while has passed. Singleton.</summary>
public sealed class BootstrapSecrets(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <returns>False: there is one for this host already.</returns>
    internal bool Put(string hostId, BootstrapOrder order)
    {
        var entry = new Entry(order);
        if (!_entries.TryAdd(hostId, entry))
        {
            return false;
        }

        entry.Timer = time.CreateTimer(_ => Drop(hostId, entry), null, Longest, Timeout.InfiniteTimeSpan);
        return true;
    }

    internal BootstrapOrder? Take(string hostId)
    {
        if (!_entries.TryRemove(hostId, out var entry))
        {
            return null;
        }

        entry.Timer?.Dispose();
        return entry.Order;
    }

    public void Dispose()
    {
        foreach (var hostId in _entries.Keys)
        {
            Take(hostId);
        }
    }

    private void Drop(string hostId, Entry entry)
    {
        _entries.TryRemove(new(hostId, entry));
        entry.Timer?.Dispose();
    }

    private sealed class Entry(BootstrapOrder order)
    {
        public BootstrapOrder Order => order;

        public ITimer? Timer { get; set; }
    }
}

internal sealed class BootstrapOrder(string username, SshSecret secret, string automationUser)
{
    public string Username => username;

    public SshSecret Secret => secret;

    public string AutomationUser => automationUser;
}
