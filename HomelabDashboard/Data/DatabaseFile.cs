using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Data;

/// <summary>The database as a file: how large it is, and that it does not stay larger than it must. The SQL is SQLite's.</summary>
public sealed class DatabaseFile(IDbContextFactory<HomelabDbContext> databases, DataFolder folder, TimeProvider time)
{
    private const int PagesAtOnce = 500;

    /// <summary>Room that comes and goes between two prunings is not worth the writes.</summary>
    private const long SpareBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <summary>Makes a file whose free room can be given back; rewrites one that is not such a file yet.</summary>
    public static async Task PrepareAsync(HomelabDbContext db, CancellationToken cancellationToken)
    {
        const long Incremental = 2;
        if (await PragmaAsync(db, "auto_vacuum", cancellationToken) != Incremental)
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;", cancellationToken);
        }
    }

    public async Task<DatabaseSize> SizeAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var page = await PragmaAsync(db, "page_size", cancellationToken);
        var pages = await PragmaAsync(db, "page_count", cancellationToken);
        var free = await PragmaAsync(db, "freelist_count", cancellationToken);
        return new DatabaseSize(
            new[] { "", "-wal", "-shm" }.Select(end => new FileInfo(folder.Database + end)).Where(f => f.Exists).Sum(f => f.Length),
            (pages - free) * page,
            free * page);
    }

    /// <summary>Gives free room back to the system, where there is more than is soon used again, in small steps.</summary>
    public async Task ShrinkAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var page = await PragmaAsync(db, "page_size", cancellationToken);
        while (true)
        {
            var free = await PragmaAsync(db, "freelist_count", cancellationToken);
            var spare = Math.Max(SpareBytes / page, await PragmaAsync(db, "page_count", cancellationToken) / 8);
            if (free <= spare)
            {
                return;
            }

            var pages = Math.Min(PagesAtOnce, free - spare).ToString(CultureInfo.InvariantCulture);
            await RunAsync(db, $"PRAGMA incremental_vacuum({pages})", cancellationToken);
            await Task.Delay(Breath, time, cancellationToken);
        }
    }

    /// <summary>The mean size in the file of a table's newest rows: what SQLite needs for their values, and for the keys of the indexes.</summary>
    /// <param name="table">This and every other name is a constant of the program's.</param>
    /// <param name="filter">Which rows are looked at.</param>
    /// <param name="order">Which of those first.</param>
    /// <param name="indexed">Columns that stand in an index besides, each as often as it does.</param>
    /// <returns>Null when there is no row.</returns>
    public async Task<double?> RowBytesAsync(string table, string filter, string order, IReadOnlyList<string> indexed, CancellationToken cancellationToken)
    {
        const int Rows = 400;
        const int RowHead = 4;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"SELECT * FROM {table} WHERE {filter} ORDER BY {order} LIMIT {Rows.ToString(CultureInfo.InvariantCulture)}";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        long bytes = 0;
        var rows = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            rows++;
            bytes += RowHead;
            for (var i = 0; i < reader.FieldCount; i++)
            {
                var size = Bytes(reader.GetValue(i));
                bytes += size * (indexed.Contains(reader.GetName(i), StringComparer.Ordinal) ? 2 : 1);
            }
        }

        return rows == 0 ? null : (double)bytes / rows;
    }

    /// <summary>By SQLite's record format: a byte or two that say the type, and the value in as many bytes as it needs.</summary>
    private static int Bytes(object value) => value switch
    {
        long n => 1 + n switch
        {
            0 or 1 => 0,
            >= sbyte.MinValue and <= sbyte.MaxValue => 1,
            >= short.MinValue and <= short.MaxValue => 2,
            >= -(1 << 23) and < 1 << 23 => 3,
            >= int.MinValue and <= int.MaxValue => 4,
            >= -(1L << 47) and < 1L << 47 => 6,
            _ => 8,
        },
        double d => double.IsInteger(d) && Math.Abs(d) < 1L << 47 ? Bytes((long)d) : 9,
        string text => 2 + System.Text.Encoding.UTF8.GetByteCount(text),
        byte[] blob => 2 + blob.Length,
        _ => 1,
    };

    private static async Task<long> PragmaAsync(HomelabDbContext db, string name, CancellationToken cancellationToken) =>
        Convert.ToInt64(await RunAsync(db, $"PRAGMA {name}", cancellationToken), CultureInfo.InvariantCulture);

    private static async Task<object?> RunAsync(HomelabDbContext db, string sql, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        object? first = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            first ??= reader.GetValue(0);
        }

        return first;
    }
}

/// <param name="OnDisk">Bytes of the file and of its write-ahead log.</param>
/// <param name="Used">Bytes that hold something.</param>
/// <param name="Free">Bytes that are kept for what comes next.</param>
public sealed record DatabaseSize(long OnDisk, long Used, long Free);
