using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Data;

/// <summary>The one database. Each room configures its own tables; they are found by a scan of the assembly.</summary>
public sealed class HomelabDbContext(DbContextOptions<HomelabDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(HomelabDbContext).Assembly);
        modelBuilder.UseColumnNamesAndTypes();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcDateTimeConverter>();
}
