using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HomelabDashboard.Data;

public static class DataSetup
{
    /// <summary>The data folder, and contexts on its database: WAL, foreign keys on, private cache.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, DataFolder folder)
    {
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = folder.Database,
            Cache = SqliteCacheMode.Private,
            ForeignKeys = true,
        }.ToString();
        services.AddSingleton(folder);
        services.AddSingleton<DataLock>();
        services.AddSingleton<TimestampInterceptor>();
        services.AddSingleton<SqlitePragmaInterceptor>();
        services.AddSingleton<DatabaseUpgrade>();
        services.AddSingleton<DatabaseFile>();
        services.AddPooledDbContextFactory<HomelabDbContext>((provider, options) => Use(options, connection)
            .AddInterceptors(provider.GetRequiredService<SqlitePragmaInterceptor>(), provider.GetRequiredService<TimestampInterceptor>()));
        return services;
    }

    /// <summary>
    /// Builds the model that all contexts share, on a thread of its own and without a database: it is the longest piece of a start, so it
    /// is the first to begin.
    /// </summary>
    public static Task BuildModelAsync() => Task.Run(() =>
    {
        using var db = new HomelabDbContext(
            (DbContextOptions<HomelabDbContext>)Use(new DbContextOptionsBuilder<HomelabDbContext>(), "Data Source=:memory:").Options);
        _ = db.Model;
    });

    /// <summary>What the model depends on; contexts whose options agree in it have one model in common.</summary>
    private static DbContextOptionsBuilder Use(DbContextOptionsBuilder options, string connection) => options
        .ReplaceService<IMigrationsSqlGenerator, ClusteredTablesSqlGenerator>()
        .UseSqlite(connection);
}
