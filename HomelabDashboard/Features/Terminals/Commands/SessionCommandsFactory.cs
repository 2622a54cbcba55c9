using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>Makes what follows a session's commands, with the rules that hold on its host now. Singleton.</summary>
public sealed class SessionCommandsFactory(IDbContextFactory<HomelabDbContext> databases, CommandLog log, TimeProvider time)
{
    /// <param name="group">Of the host; null where it has none.</param>
    public async Task<SessionCommands> CreateAsync(SessionInfo info, string? group, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var enabled = await db.Set<CommandRule>().AsNoTracking().Where(r => r.Enabled).OrderBy(r => r.Id)
            .Select(r => new { r.Pattern, r.Reason, r.Hosts, r.Groups }).Take(ShellIntegration.MaxRules).ToListAsync(cancellationToken);
        var rules = enabled
            .Where(r => (r.Hosts.Count == 0 && r.Groups.Count == 0) || r.Hosts.Contains(info.HostId) || (group is not null && r.Groups.Contains(group)))
            .Select(r => new ActiveRule(r.Pattern, r.Reason));
        return new SessionCommands(info, [.. rules], log, time);
    }
}
