using System.Collections.Concurrent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ssh;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Hosts;

/// <summary>
/// The hosts as they are now: their rows, in memory and live, and the one place where a status changes. Singleton.
/// A status goes to the database when it changes, the times of the last answers once a minute for all hosts together.
/// </summary>
public sealed class HostBoard(LiveStore<string, HostSummary> live, IDbContextFactory<HomelabDbContext> databases, ActivityLog log, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LastSeenEvery = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<string, DateTime> _seen = new(StringComparer.Ordinal);

    public LiveStore<string, HostSummary> Live => live;

    public void Dispose() => _writing.Dispose();

    internal static HostSummary ToSummary(Host host) => new(
        host.Id, host.Name, host.IpAddress, host.SshPort, host.SshUser, host.ProxyJumpId, host.AnsibleGroup, host.DockerEnabled,
        host.DockerVersion, host.DockerStatus, host.DockerLastCollectAt,
        host.Status, host.StatusReason, host.Reachable, host.HostKey is not null, host.LastSeen, host.CreatedAt, host.UpdatedAt, host.DeletedAt)
    {
        Enabled = host.Enabled,
        Maintenance = host.Maintenance,
        MaintenanceUntil = host.MaintenanceUntil,
        MaintenanceReason = host.MaintenanceReason,
        Tags = host.Tags,
        Notes = host.Notes,
        WarnPercent = host.WarnPercent,
        CriticalPercent = host.CriticalPercent,
        OtherGroups = host.OtherGroups,
    };

    /// <summary>What ssh is to know of a host; null when its row cannot be used so.</summary>
    internal static SshHostEntry ToEntry(Host host) => new(
        host.Id, host.IpAddress, host.SshPort, host.SshUser, SshPublicKey.TryParse(host.HostKey, out var key) ? key : null, host.ProxyJumpId);

    /// <summary>Reads every host anew.</summary>
    /// <returns>The rows.</returns>
    internal async Task<IReadOnlyList<Host>> ReloadAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var hosts = await db.Set<Host>().AsNoTracking().ToListAsync(cancellationToken);
            foreach (var gone in live.Snapshot().Keys.Except(hosts.Select(h => h.Id), StringComparer.Ordinal).ToList())
            {
                live.Remove(gone);
                _seen.TryRemove(gone, out _);
            }

            foreach (var host in hosts)
            {
                var summary = ToSummary(host) is var row && _seen.TryGetValue(host.Id, out var at) ? row with { LastSeen = at } : row;
                if (live.Get(host.Id) is { } before)
                {
                    // Lists are compared by reference: the same words are to be the same list.
                    summary = summary with
                    {
                        Tags = before.Tags.SequenceEqual(summary.Tags) ? before.Tags : summary.Tags,
                        OtherGroups = before.OtherGroups.SequenceEqual(summary.OtherGroups) ? before.OtherGroups : summary.OtherGroups,
                    };
                    if (before == summary)
                    {
                        continue;
                    }
                }

                live.Set(host.Id, summary);
            }

            return hosts;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sets what is known of a host; nothing is written when it is known already.</summary>
    /// <param name="seen">Whether the host answered just now.</param>
    /// <param name="only">Asked when it is this change's turn, with the host as it then is: false leaves it so.</param>
    internal async Task SetAsync(
        string id, HostStatus status, string? reason, bool seen, CancellationToken cancellationToken, Func<HostSummary, bool>? only = null)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (live.Get(id) is not { } before || only?.Invoke(before) is false || (!before.Enabled && status != HostStatus.Disabled))
            {
                return;
            }

            var now = time.GetUtcNow().UtcDateTime;
            if (seen)
            {
                _seen[id] = now;
            }

            var reachable = status is HostStatus.Online or HostStatus.Degraded;
            var changed = before.Status != status || before.StatusReason != reason || before.Reachable != reachable;
            var due = seen && (before.LastSeen is not { } last || (now - last).Duration() >= LastSeenEvery);
            if (!changed && !due)
            {
                return;
            }

            var after = before with
            {
                Status = status,
                StatusReason = reason,
                Reachable = reachable,
                LastSeen = _seen.TryGetValue(id, out var answered) ? answered : before.LastSeen,
            };
            live.Set(id, after);
            if (!changed)
            {
                return;
            }

            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.Set<Host>().Where(h => h.Id == id).ExecuteUpdateAsync(
                set => set
                    .SetProperty(h => h.Status, after.Status)
                    .SetProperty(h => h.StatusReason, after.StatusReason)
                    .SetProperty(h => h.Reachable, after.Reachable)
                    .SetProperty(h => h.LastSeen, after.LastSeen),
                cancellationToken);
            if (before.Status != status && status != HostStatus.Unknown)
            {
                Tell(after);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sets what is known of a host's container engine; nothing is written when it is known already.</summary>
    /// <param name="version">Null: as it was.</param>
    /// <param name="collectedAt">When its containers were last looked at, UTC; null: as it was.</param>
    internal async Task SetDockerAsync(string id, DockerStatus status, string? version, DateTime? collectedAt, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (live.Get(id) is not { } before)
            {
                return;
            }

            version = version?.Length > 50 ? version[..50] : version;
            var after = before with
            {
                DockerStatus = status,
                DockerVersion = version ?? before.DockerVersion,
                DockerLastCollectAt = collectedAt ?? before.DockerLastCollectAt,
            };
            if (after == before)
            {
                return;
            }

            live.Set(id, after);
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.Set<Host>().Where(h => h.Id == id).ExecuteUpdateAsync(
                set => set
                    .SetProperty(h => h.DockerStatus, after.DockerStatus)
                    .SetProperty(h => h.DockerVersion, after.DockerVersion)
                    .SetProperty(h => h.DockerLastCollectAt, after.DockerLastCollectAt),
                cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes when hosts last answered, all in one go.</summary>
    internal async Task WriteLastSeenAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            foreach (var (id, at) in _seen)
            {
                await db.Set<Host>().Where(h => h.Id == id && h.LastSeen != at).ExecuteUpdateAsync(set => set.SetProperty(h => h.LastSeen, at), cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the maintenance of those whose time has come.</summary>
    /// <returns>Whether there were any; the hosts are to be read anew then.</returns>
    internal async Task<bool> EndMaintenanceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (!live.Snapshot().Values.Any(h => h.Maintenance && !h.InMaintenance(now)))
        {
            return false;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Set<Host>().Where(h => h.Maintenance && h.MaintenanceUntil <= now).ExecuteUpdateAsync(
            set => set
                .SetProperty(h => h.Maintenance, false)
                .SetProperty(h => h.MaintenanceUntil, (DateTime?)null)
                .SetProperty(h => h.MaintenanceReason, (string?)null),
            cancellationToken);
        return true;
    }

    private void Tell(HostSummary host)
    {
        var (level, words) = host.Status switch
        {
            HostStatus.Online => (LogEntryLevel.Info, "is online"),
            HostStatus.KeyChanged => (LogEntryLevel.Error, "shows another host key"),
            HostStatus.Degraded => (LogEntryLevel.Warning, "is degraded"),
            HostStatus.Disabled => (LogEntryLevel.Info, "is disabled"),
            _ => (LogEntryLevel.Warning, "is offline"),
        };
        log.Write(level, HostsSetup.Source, $"{host.Name} {words}.{(host is { StatusReason: { } reason, Enabled: true } ? " " + reason : "")}", host.Id);
    }
}
