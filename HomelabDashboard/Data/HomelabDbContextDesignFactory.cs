using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace HomelabDashboard.Data;

/// <summary>For <c>dotnet ef</c> alone: a context without a start of the program.</summary>
public sealed class HomelabDbContextDesignFactory : IDesignTimeDbContextFactory<HomelabDbContext>
{
    public HomelabDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<HomelabDbContext>().UseSqlite("Data Source=:memory:").Options);
}
