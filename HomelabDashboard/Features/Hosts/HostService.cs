using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ssh;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Hosts;

/// <summary>The hosts: what pages and endpoints call.</summary>
public sealed class HostService(
    Access access,
    HostBoard board,
    HostMonitor monitor,
    HostKeyScan scan,
    DashboardKeyPair keyPair,
    IDbContextFactory<HomelabDbContext> databases,
    TimeProvider time,
    ActivityLog log)
{
    private const int LongestChain = 5;
    private const int SqliteConstraint = 19;

    private static readonly JsonSerializerOptions IndentedJson = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Needs hosts:read. Every host that is not deleted, live.</summary>
    public async ValueTask<LiveStore<string, HostSummary>> LiveAsync()
    {
        await access.RequireAsync(Scopes.HostsRead);
        return board.Live;
    }

    /// <summary>Needs hosts:read. By name.</summary>
    public async Task<IReadOnlyList<HostSummary>> ListAsync(bool includeDeleted, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.HostsRead);
        IEnumerable<HostSummary> hosts = board.Live.Snapshot().Values;
        if (includeDeleted)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var deleted = await db.Set<Host>().IgnoreQueryFilters().AsNoTracking().Where(h => h.DeletedAt != null).ToListAsync(cancellationToken);
            hosts = hosts.Concat(deleted.Select(HostBoard.ToSummary));
        }

        return [.. hosts.OrderBy(h => h.Name, StringComparer.OrdinalIgnoreCase).ThenBy(h => h.Id, StringComparer.Ordinal)];
    }

    /// <summary>Needs hosts:read.</summary>
    public async Task<HostSummary?> GetAsync(string id, bool includeDeleted, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.HostsRead);
        if (board.Live.Get(id) is { } host)
        {
            return host;
        }

        if (!includeDeleted)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var deleted = await db.Set<Host>().IgnoreQueryFilters().AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, cancellationToken);
        return deleted is null ? null : HostBoard.ToSummary(deleted);
    }

    /// <summary>Needs hosts:write. <c>VALIDATION_FAILED</c> by field, or <c>HOST_EXISTS</c>.</summary>
    public async Task<Result<HostSummary>> AddAsync(HostInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        var host = new Host { Id = ShortId.New(), Name = "", IpAddress = "" };
        if (Apply(host, input with { Name = input.Name ?? "", IpAddress = input.IpAddress ?? "" }) is { } problem)
        {
            return problem;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(host);
        return await SaveAsync(db, host, $"{caller.Username} added {host.Name}.", cancellationToken);
    }

    /// <summary>Needs hosts:write. Null fields of the input stay as they are; an empty ProxyJump or AnsibleGroup is taken away.</summary>
    public async Task<Result<HostSummary>> UpdateAsync(string id, HostInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<Host>().SingleOrDefaultAsync(h => h.Id == id, cancellationToken) is not { } host)
        {
            return Problem.NotFound("host");
        }

        return Apply(host, input) is { } problem ? problem : await SaveAsync(db, host, $"{caller.Username} changed {host.Name}.", cancellationToken);
    }

    /// <summary>Needs hosts:write. Ends the connection; the history stays. <c>HOST_IN_USE</c> while another host is reached through it.</summary>
    public async Task<Result> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<Host>().SingleOrDefaultAsync(h => h.Id == id, cancellationToken) is not { } host)
        {
            return Problem.NotFound("host");
        }

        var behind = await db.Set<Host>().Where(h => h.ProxyJumpId == id).OrderBy(h => h.Name).Select(h => h.Name).Take(3).ToListAsync(cancellationToken);
        if (behind.Count > 0)
        {
            return new Problem("HOST_IN_USE", $"{string.Join(", ", behind)} is reached through {host.Name}. Give it another way first.");
        }

        host.DeletedAt = time.GetUtcNow().UtcDateTime;
        host.Reachable = false;
        await db.SaveChangesAsync(cancellationToken);
        log.Write(LogEntryLevel.Info, HostsSetup.Source, $"{caller.Username} took {host.Name} away.", id);
        await monitor.ChangedAsync(CancellationToken.None);
        return Result.Ok;
    }

    /// <summary>Needs hosts:read. Asks the host for its key (some seconds at most) and says which one is pinned.</summary>
    public async Task<Result<HostKeyState>> GetHostKeyAsync(string id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.HostsRead);
        if (await FindAsync(id, cancellationToken) is not { } host)
        {
            return Problem.NotFound("host");
        }

        var pinned = SshPublicKey.TryParse(host.HostKey, out var key)
            ? new PinnedHostKey(key.Type, key.Fingerprint, host.HostKeyApprovedAt ?? host.UpdatedAt, host.HostKeyApprovedBy ?? "")
            : null;
        var (offered, error) = await ScanAsync(host, cancellationToken);
        return new HostKeyState(offered is null ? null : new OfferedHostKey(offered.Type, offered.Fingerprint), pinned, error);
    }

    /// <summary>Needs hosts:write. <c>HOST_KEY_MISMATCH</c> when the host offers another one than <paramref name="fingerprint"/>.</summary>
    public async Task<Result> ApproveHostKeyAsync(string id, string fingerprint, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        if (await FindAsync(id, cancellationToken) is not { } found)
        {
            return Problem.NotFound("host");
        }

        var (offered, error) = await ScanAsync(found, cancellationToken);
        if (offered is null)
        {
            return new Problem("HOST_UNREACHABLE", error ?? $"{found.Name} did not show its key.");
        }

        if (!string.Equals(offered.Fingerprint, fingerprint, StringComparison.Ordinal))
        {
            return new Problem("HOST_KEY_MISMATCH", $"{found.Name} offers {offered.Fingerprint} now, which is not the key that you approved. Look at it anew.");
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<Host>().SingleOrDefaultAsync(h => h.Id == id, cancellationToken) is not { } host)
        {
            return Problem.NotFound("host");
        }

        if (host.HostKey != offered.ToString() || host.Status == HostStatus.KeyChanged)
        {
            (host.Status, host.StatusReason) = (HostStatus.Unknown, null);
        }

        host.HostKey = offered.ToString();
        host.HostKeyApprovedAt = time.GetUtcNow().UtcDateTime;
        host.HostKeyApprovedBy = caller.Username;
        await db.SaveChangesAsync(cancellationToken);
        log.Write(LogEntryLevel.Info, HostsSetup.Source, $"{caller.Username} approved the key of {host.Name}.", id, new { offered.Fingerprint });
        await monitor.ChangedAsync(CancellationToken.None);
        return Result.Ok;
    }

    /// <summary>Needs hosts:read. The dashboard's own public key line, and its fingerprint.</summary>
    public async Task<DashboardKey> GetDashboardKeyAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.HostsRead);
        var key = await keyPair.ReadAsync(cancellationToken);
        return new DashboardKey($"{key} {DashboardKeyPair.Comment}", key.Fingerprint);
    }

    /// <summary>Needs hosts:read.</summary>
    /// <returns>Null when there is nothing, or no such host.</returns>
    public async Task<HostAnsible?> GetAnsibleAsync(string id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.HostsRead);
        if (await FindAsync(id, cancellationToken) is not { } host)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<AnsibleGroup>().AsNoTracking().ToDictionaryAsync(g => g.Name, StringComparer.Ordinal, cancellationToken);
        var groups = new List<HostAnsibleGroup>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>(host.AnsibleGroup is { } own ? [own, .. host.OtherGroups] : host.OtherGroups);
        while (next.TryDequeue(out var name))
        {
            if (seen.Add(name))
            {
                var row = rows.GetValueOrDefault(name);
                groups.Add(new(name, row?.Parents ?? [], Indented(row?.Vars)));
                Array.ForEach(row?.Parents ?? [], next.Enqueue);
            }
        }

        if (rows.TryGetValue("all", out var all))
        {
            groups.Add(new(all.Name, [], Indented(all.Vars)));
        }

        return host.AnsibleVars is null && groups.Count == 0 ? null : new(Indented(host.AnsibleVars), groups);

        static string? Indented(string? json) => json is null ? null : JsonNode.Parse(json)!.ToJsonString(IndentedJson);
    }

    private async Task<Host?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<Host>().AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, cancellationToken);
    }

    private async Task<(SshPublicKey? Key, string? Error)> ScanAsync(Host host, CancellationToken cancellationToken)
    {
        if (host.ProxyJumpId is { } jump && board.Live.Get(jump) is { Reachable: false } down)
        {
            return (null, HostWords.JumpDown(down));
        }

        var (key, failure) = await scan.RunAsync(HostBoard.ToEntry(host), monitor.Entries, cancellationToken);
        return (key, failure is null ? null : HostWords.Of(failure, HostBoard.ToSummary(host)));
    }

    /// <summary>Puts the input into the row, or says what is wrong with it.</summary>
    private Problem? Apply(Host host, HostInput input)
    {
        var errors = new Dictionary<string, string[]>(HostRules.Check(input), StringComparer.Ordinal);
        HostSummary? jump = null;
        if (input.ProxyJump is { Length: > 0 } way && !errors.ContainsKey("proxy_jump"))
        {
            jump = board.Live.Get(way) ?? board.Live.Snapshot().Values.FirstOrDefault(h => string.Equals(h.Name, way, StringComparison.OrdinalIgnoreCase));
            var error = jump is null ? $"There is no host {way} in this dashboard." : ChainError(host.Id, jump);
            if (error is not null)
            {
                errors["proxy_jump"] = [error];
            }
        }

        var (warn, critical) = (Own(input.WarnPercent, host.WarnPercent), Own(input.CriticalPercent, host.CriticalPercent));
        if ((warn ?? HostRules.WarnPercent) >= (critical ?? HostRules.CriticalPercent))
        {
            errors.TryAdd("warn_percent", [$"The warning comes before the critical mark, which is {critical ?? HostRules.CriticalPercent}."]);
        }

        if (input.MaintenanceUntil <= time.GetUtcNow().UtcDateTime)
        {
            errors["maintenance_until"] = ["This is in the past. Give a time to come, or none."];
        }

        if (errors.Count > 0)
        {
            return Problem.Invalid(errors);
        }

        if (input.Name is { } name && board.Live.Snapshot().Values.Any(h => h.Id != host.Id && string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            return Exists(name);
        }

        host.Name = input.Name ?? host.Name;
        host.IpAddress = input.IpAddress ?? host.IpAddress;
        host.SshPort = input.SshPort ?? host.SshPort;
        host.SshUser = input.SshUser ?? host.SshUser;
        host.ProxyJumpId = input.ProxyJump is null ? host.ProxyJumpId : jump?.Id;
        host.AnsibleGroup = input.AnsibleGroup is null ? host.AnsibleGroup : input.AnsibleGroup is "" ? null : input.AnsibleGroup;
        host.DockerEnabled = input.DockerEnabled ?? host.DockerEnabled;
        host.Enabled = input.Enabled ?? host.Enabled;
        host.Notes = input.Notes is null ? host.Notes : input.Notes.Trim() is { Length: > 0 } notes ? notes.ReplaceLineEndings("\n") : null;
        (host.WarnPercent, host.CriticalPercent) = (warn, critical);
        if (input.Tags is not null)
        {
            host.SetTags(input.Tags);
        }

        if (input.Maintenance is { } on)
        {
            host.SetMaintenance(on, input.MaintenanceUntil, input.MaintenanceReason);
        }
        else if (input.MaintenanceUntil is not null || (input.MaintenanceReason is not null && host.Maintenance))
        {
            host.SetMaintenance(true, input.MaintenanceUntil ?? host.MaintenanceUntil, input.MaintenanceReason ?? host.MaintenanceReason);
        }

        return null;

        static int? Own(int? given, int? before) => given switch { null => before, 0 => null, _ => given };
    }

    private string? ChainError(string id, HostSummary jump)
    {
        var hops = 1;
        for (var hop = jump; hop is not null; hop = hop.ProxyJump is { } next ? board.Live.Get(next) : null)
        {
            if (hop.Id == id)
            {
                return $"Going through {jump.Name} would lead back to this host.";
            }

            if (hops++ > LongestChain)
            {
                return $"A way has at most {LongestChain} jump hosts.";
            }
        }

        return null;
    }

    private async Task<Result<HostSummary>> SaveAsync(HomelabDbContext db, Host host, string done, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException refused) when (refused.InnerException is SqliteException { SqliteErrorCode: SqliteConstraint })
        {
            return Exists(host.Name);
        }

        log.Write(LogEntryLevel.Info, HostsSetup.Source, done, host.Id);
        await monitor.ChangedAsync(CancellationToken.None);
        return board.Live.Get(host.Id) ?? HostBoard.ToSummary(host);
    }

    private static Problem Exists(string name) => new("HOST_EXISTS", $"There is a host {name} already.");
}

/// <param name="PublicKey">One line for <c>~/.ssh/authorized_keys</c>.</param>
public sealed record DashboardKey(string PublicKey, string Fingerprint);
