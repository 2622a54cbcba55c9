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
        services.AddPooledDbContextFactory<HomelabDbContext>((provider, options) => options
            .UseSqlite(connection)
            .ReplaceService<IMigrationsSqlGenerator, ClusteredTablesSqlGenerator>()
            .AddInterceptors(provider.GetRequiredService<SqlitePragmaInterceptor>(), provider.GetRequiredService<TimestampInterceptor>()));
        return services;
    }

    /// <summary>Builds the model on a thread of its own: it is the longest piece of a start, and nothing else of it needs the database.</summary>
    public static Task BuildModelAsync(this IServiceProvider services) => Task.Run(() =>
    {
        using var db = services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContext();
        _ = db.Model;
    });
}
