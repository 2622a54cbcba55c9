using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>Puts the starting set of rules into the table, switched off, each once: what was deleted does not come back.</summary>
internal sealed class StartingRules(IDbContextFactory<HomelabDbContext> databases) : IHostedService
{
    /// <summary>Where a command may begin.</summary>
    private const string Begin = "(^|[;&|([:space:]])";

    internal static readonly IReadOnlyList<(string Builtin, string Name, string Pattern, string Reason)> All =
    [
        ("rm_root", "Deleting everything",
            Begin + @"rm([[:space:]]+-[-[:alnum:]=]+)*[[:space:]]+-([a-zA-Z]*[rR]|-recursive)[-[:alnum:]=[:space:]]*[[:space:]](/|~|\$HOME|/home|/etc|/usr|/var)/?\*?([[:space:];&|)]|$)",
            "It would delete the whole system, or all of a home folder."),
        ("mkfs_device", "Formatting a device",
            Begin + @"mkfs(\.[[:alnum:]]+)?[[:space:]]([^;&|]*[[:space:]])?/dev/",
            "It would format a disk, and what is on it would be gone."),
        ("dd_device", "Writing over a disk",
            Begin + @"dd[[:space:]]([^;&|]*[[:space:]])?of=/dev/(sd|hd|vd|xvd|nvme|mmcblk|disk|md|mapper/)",
            "It would write over a disk, and what is on it would be gone."),
        ("fork_bomb", "A fork bomb",
            @"[[:alnum:]_:]+[[:space:]]*\(\)[[:space:]]*\{[[:space:]]*[[:alnum:]_:]+[[:space:]]*\|[[:space:]]*[[:alnum:]_:]+[[:space:]]*&[[:space:]]*\}",
            "It would start copies of itself until the host stands still."),
    ];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.Set<CommandRule>().IgnoreQueryFilters().Where(r => r.Builtin != null).Select(r => r.Builtin).ToListAsync(cancellationToken);
        db.AddRange(All.Where(r => !known.Contains(r.Builtin))
            .Select(r => new CommandRule { Builtin = r.Builtin, Name = r.Name, Pattern = r.Pattern, Reason = r.Reason }));
        await db.SaveChangesAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
