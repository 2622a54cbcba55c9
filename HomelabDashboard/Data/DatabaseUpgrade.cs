using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Data;

/// <summary>Brings the database to the version that this program expects, before anything else runs.</summary>
public sealed partial class DatabaseUpgrade(IDbContextFactory<HomelabDbContext> databases, DataFolder folder, TimeProvider time, ILogger<DatabaseUpgrade> logger)
{
    private const int CopiesKept = 5;

    /// <summary>For a time the three of <see cref="Parts"/> were this one: what was written then has their columns, and knows them by its name.</summary>
    private const string Joined = "20261122145239_AlertActionsAndKinds";

    private static readonly string[] Parts = ["20261122113850_AlertActions", "20261122122204_ContainerTroubleKinds", "20261122123932_DeliveriesLeft"];

    /// <summary>Applies missing migrations, after a copy of the file was made as <c>backups/homelab-….db</c>.</summary>
    /// <exception cref="DatabaseTooNewException">A later version of the program wrote this database.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var existed = File.Exists(folder.Database);
        var isJoined = false;
        if (existed)
        {
            var known = db.Database.GetMigrations().Append(Joined).ToHashSet(StringComparer.Ordinal);
            var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
            isJoined = applied.Contains(Joined);
            var unknown = applied.Where(m => !known.Contains(m)).ToList();
            if (unknown.Count > 0)
            {
                throw new DatabaseTooNewException(folder.Database, unknown[^1]);
            }
        }
        else
        {
            // SQLite would let everybody read it who may enter the folder, which may be older than the dashboard; its other files follow this one.
            await using var _ = new FileStream(folder.Database, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DataFolder.FileOwnerOnly });
        }

        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count == 0)
        {
            return;
        }

        if (existed)
        {
            LogCopied(logger, Copy(), pending.Count);
        }

        if (isJoined)
        {
            await PartAsync(db, cancellationToken);
        }

        await db.Database.MigrateAsync(cancellationToken);
        await DatabaseFile.PrepareAsync(db, cancellationToken);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL;", cancellationToken);
    }

    private static async Task PartAsync(HomelabDbContext db, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var part in Parts)
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO __EFMigrationsHistory SELECT {part}, ProductVersion FROM __EFMigrationsHistory WHERE MigrationId = {Joined}", cancellationToken);
        }

        await db.Database.ExecuteSqlAsync($"DELETE FROM __EFMigrationsHistory WHERE MigrationId = {Joined}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private string Copy()
    {
        var backups = folder.Folder("backups");
        var copy = Path.Combine(backups, $"homelab-{time.GetUtcNow():yyyyMMdd-HHmmss}.db");
        using (var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = folder.Database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()))
        using (var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ToString()))
        {
            source.Open();
            target.Open();
            source.BackupDatabase(target);
        }

        foreach (var old in Directory.GetFiles(backups, "homelab-*.db").Order(StringComparer.Ordinal).SkipLast(CopiesKept))
        {
            File.Delete(old);
        }

        return copy;
    }

    [LoggerMessage(1001, LogLevel.Information, "The database was copied to {Copy} before {Count} migration(s).")]
    private static partial void LogCopied(ILogger logger, string copy, int count);
}
