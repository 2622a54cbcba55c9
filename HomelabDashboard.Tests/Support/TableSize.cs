using HomelabDashboard.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Tests.Support;

/// <summary>What a table takes with its indexes. Not every build of SQLite has <c>dbstat</c>, so it is taken out of a copy.</summary>
internal static class TableSize
{
    /// <returns>In bytes, closely packed.</returns>
    public static async Task<long> OfAsync(HomelabDbContext db, string table)
    {
        var copy = Path.GetTempFileName();
        try
        {
            File.Delete(copy);
            await db.Database.ExecuteSqlAsync($"VACUUM INTO {copy}");
            var whole = new FileInfo(copy).Length;
            await using (var connection = new SqliteConnection($"Data Source={copy};Pooling=False"))
            {
                await connection.OpenAsync();
                await using var command = connection.CreateCommand();
                command.CommandText = $"DROP TABLE {table}; VACUUM";
                await command.ExecuteNonQueryAsync();
            }

            return whole - new FileInfo(copy).Length;
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
