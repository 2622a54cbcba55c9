using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Logs;

/// <summary>One line of the activity log as pages and programs see it.</summary>
public sealed record LogRecord(long Id, LogEntryLevel Level, string? Source, string Message, string? HostId, DateTime CreatedAt);

/// <summary>The activity log: what pages and endpoints call.</summary>
public sealed class LogService(IDbContextFactory<HomelabDbContext> databases, Access access)
{
    private const int Most = 500;

    /// <summary>Needs logs:read. The newest lines, newest first.</summary>
    public async Task<IReadOnlyList<LogRecord>> RecentAsync(int limit, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.LogsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<LogEntry>().AsNoTracking()
            .OrderByDescending(e => e.Id)
            .Take(Math.Clamp(limit, 1, Most))
            .Select(e => new LogRecord(e.Id, e.Level, e.Source, e.Message, e.HostId, e.CreatedAt))
            .ToListAsync(cancellationToken);
    }
}
