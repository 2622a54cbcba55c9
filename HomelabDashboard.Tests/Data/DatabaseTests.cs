using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Data;

public sealed class DatabaseTests : IAsyncDisposable
{
    private readonly DataFolder _folder = new(Directory.CreateTempSubdirectory("homelab-data-").FullName);
    private readonly ServiceProvider _services;

    public DatabaseTests() => _services = new ServiceCollection()
        .AddSingleton(TimeProvider.System).AddLogging().AddData(_folder).BuildServiceProvider();

    public static TheoryData<string> RequiredTables => [.. Required().Select(r => r[0]).Distinct(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder.Root, recursive: true);
    }

    [Theory]
    [MemberData(nameof(RequiredTables))]
    public async Task A_new_database_has_every_required_column(string table)
    {
        await UpgradeAsync();
        var columns = (await QueryAsync($"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('{table}')"))
            .ToDictionary(r => (string)r[0]!, StringComparer.Ordinal);
        var foreignKeys = (await QueryAsync($"SELECT \"from\", \"table\" || '.' || \"to\" FROM pragma_foreign_key_list('{table}')"))
            .ToDictionary(r => (string)r[0]!, r => (string)r[1]!, StringComparer.Ordinal);
        var indexed = (await QueryAsync($"SELECT ii.name FROM pragma_index_list('{table}') il, pragma_index_info(il.name) ii WHERE ii.seqno = 0"))
            .Select(r => (string)r[0]!).ToHashSet(StringComparer.Ordinal);

        foreach (var required in Required().Where(r => r[0] == table))
        {
            var (name, type, key, nullable, expected) = (required[1], required[2], required[3], required[4], required[5]);
            var column = Assert.Contains(name, columns);
            Assert.Equal(type, column[1]);
            Assert.Equal(key == "PK", (long)column[4]! > 0);
            if (key != "PK")
            {
                Assert.Equal(nullable == "no", (long)column[2]! == 1);
            }

            if (expected.Length > 0)
            {
                var word = expected switch { "now()" => "CURRENT_TIMESTAMP", "True" => "1", _ => expected };
                Assert.Equal(word, ((string)column[3]!).Trim('\'', '(', ')'));
            }

            if (key.StartsWith("FK ", StringComparison.Ordinal))
            {
                Assert.Equal(key[3..], Assert.Contains(name, foreignKeys));
                Assert.Contains(name, indexed);
            }
        }
    }

    [Fact]
    public async Task The_connection_has_wal_foreign_keys_and_a_busy_timeout()
    {
        await UpgradeAsync();
        await using var db = await Databases.CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        Assert.Equal("wal", await ScalarAsync(db, "PRAGMA journal_mode"));
        Assert.Equal(1L, await ScalarAsync(db, "PRAGMA foreign_keys"));
        Assert.Equal(5000L, await ScalarAsync(db, "PRAGMA busy_timeout"));
    }

    [Fact]
    public async Task Words_times_and_defaults_survive_the_way_through_the_database()
    {
        await UpgradeAsync();
        var seen = new DateTime(2026, 11, 21, 9, 30, 0, DateTimeKind.Utc);
        await using (var db = await Databases.CreateDbContextAsync())
        {
            db.Add(new Host { Id = "a", Name = "nas", IpAddress = "192.0.2.1", Status = HostStatus.KeyChanged, LastSeen = seen });
            db.Add(new User { Username = "Ada", HashedPassword = "x", Role = UserRole.Viewer, IsActive = false });
            await db.SaveChangesAsync();
        }

        Assert.Equal("key_changed", (await QueryAsync("SELECT status FROM hosts"))[0][0]);
        await using var again = await Databases.CreateDbContextAsync();
        var host = await again.Set<Host>().SingleAsync();
        Assert.Equal((HostStatus.KeyChanged, seen, DateTimeKind.Utc, 22), (host.Status, host.LastSeen, host.LastSeen!.Value.Kind, host.SshPort));
        var user = await again.Set<User>().SingleAsync(u => u.Username == "ADA");
        Assert.Equal((UserRole.Viewer, false), (user.Role, user.IsActive));
        Assert.NotEqual(default, user.CreatedAt);
    }

    [Fact]
    public async Task An_unknown_word_is_not_taken_for_a_known_one()
    {
        await UpgradeAsync();
        await using var db = await Databases.CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync("INSERT INTO hosts (id, name, ip_address, status) VALUES ('a', 'nas', '192.0.2.1', 'asleep')");
        await Assert.ThrowsAsync<FormatException>(() => db.Set<Host>().ToListAsync());
    }

    [Fact]
    public async Task A_local_time_is_refused()
    {
        await UpgradeAsync();
        await using var db = await Databases.CreateDbContextAsync();
        db.Add(new Host { Id = "a", Name = "nas", IpAddress = "192.0.2.1", LastSeen = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local) });
        await Assert.ThrowsAnyAsync<Exception>(() => db.SaveChangesAsync());
    }

    [Fact]
    public async Task The_file_is_copied_before_a_migration()
    {
        await UpgradeAsync();
        await using (var db = await Databases.CreateDbContextAsync())
        {
            db.Add(new Host { Id = "a", Name = "nas", IpAddress = "192.0.2.1" });
            await db.SaveChangesAsync();
            // As if the last migration had not been there yet.
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsHistory");
        }

        // The tables are there already, so the migration fails, as one may; the copy is what saves the day.
        await Assert.ThrowsAnyAsync<Exception>(UpgradeAsync);
        var copy = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Root, "backups")));
        await using var saved = new SqliteConnection($"Data Source={copy};Mode=ReadOnly;Pooling=False");
        await saved.OpenAsync();
        await using var command = saved.CreateCommand();
        command.CommandText = "SELECT name FROM hosts";
        Assert.Equal("nas", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_database_of_when_three_migrations_were_one_opens_with_what_it_holds()
    {
        await using (var db = await Databases.CreateDbContextAsync())
        {
            await db.Database.GetService<IMigrator>().MigrateAsync("20261122020350_AlertsAndNotifications");
            await db.Database.ExecuteSqlRawAsync(
                """
                ALTER TABLE notification_deliveries ADD "left" JSON NULL;
                ALTER TABLE docker_alerts ADD kind VARCHAR(20) NULL;
                ALTER TABLE alerts ADD action VARCHAR(50) NULL;
                ALTER TABLE alerts ADD action_href VARCHAR(500) NULL;
                INSERT INTO alerts (category, title, message, action) VALUES ('system', 'Kept', 'Kept.', 'Look');
                INSERT INTO __EFMigrationsHistory VALUES ('20261122145239_AlertActionsAndKinds', '10.0.0');
                """);
        }

        await UpgradeAsync();
        await UpgradeAsync();
        await using (var db = await Databases.CreateDbContextAsync())
        {
            Assert.Equal(db.Database.GetMigrations(), await db.Database.GetAppliedMigrationsAsync());
            Assert.Equal("Look", (await db.Set<Alert>().SingleAsync(a => a.Title == "Kept")).Action);
        }
    }

    [Fact]
    public async Task A_database_of_a_later_version_is_refused_in_words()
    {
        await UpgradeAsync();
        await using (var db = await Databases.CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync("INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Later', '99')");
        }

        var refused = await Assert.ThrowsAsync<DatabaseTooNewException>(UpgradeAsync);
        Assert.Contains("29990101000000_Later", refused.Message, StringComparison.Ordinal);
        Assert.Contains("later version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_folder_is_its_owners_alone_and_the_database_even_in_a_folder_that_was_there()
    {
        File.SetUnixFileMode(_folder.Root, DataFolder.OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await UpgradeAsync();
        Assert.Equal(DataFolder.OwnerOnly, File.GetUnixFileMode(_folder.Folder("keys")));
        Assert.All(Directory.GetFiles(_folder.Root, "homelab.db*"), file => Assert.Equal(DataFolder.FileOwnerOnly, File.GetUnixFileMode(file)));
        Assert.True(File.Exists(_folder.Database));
    }

    [Fact]
    public async Task The_document_of_the_database_is_up_to_date()
    {
        await using var db = await Databases.CreateDbContextAsync();
        var written = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "database.md"));
        Assert.True(
            DatabaseDocument.Write(db.GetService<IDesignTimeModel>().Model) == written,
            "docs/database.md is stale: run `make docs`.");
    }

    [Fact]
    public async Task Every_change_of_the_model_is_in_a_migration()
    {
        await using var db = await Databases.CreateDbContextAsync();
        Assert.False(db.Database.HasPendingModelChanges(), "The model has changed: run `make migration NAME=…`.");
    }

    private IDbContextFactory<HomelabDbContext> Databases => _services.GetRequiredService<IDbContextFactory<HomelabDbContext>>();

    private static IEnumerable<string[]> Required() =>
        File.ReadLines(Path.Combine(Repository.Root, "HomelabDashboard.Tests", "Data", "required-columns.txt"))
            .Where(l => !l.StartsWith('#')).Select(l => l.Split('|', StringSplitOptions.TrimEntries));

    private Task UpgradeAsync() => _services.GetRequiredService<DatabaseUpgrade>().RunAsync(CancellationToken.None);

    private static async Task<object?> ScalarAsync(HomelabDbContext db, string sql)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    private async Task<List<object?[]>> QueryAsync(string sql)
    {
        await using var db = await Databases.CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(v => v is DBNull ? null : v)]);
        }

        return rows;
    }
}
