using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Support;

/// <summary>A database as the program's first start leaves it, made once by its migrations and then copied: they take longer than all else of a start.</summary>
internal static class EmptyDatabase
{
    private static readonly Lazy<byte[]> File = new(Make);

    public static void CopyTo(string folder)
    {
        var file = new DataFolder(folder).Database;
        System.IO.File.WriteAllBytes(file, File.Value);
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static byte[] Make()
    {
        var folder = Directory.CreateTempSubdirectory("homelab-test-").FullName;
        try
        {
            using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddData(new DataFolder(folder)).BuildServiceProvider();
            using var db = services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContext();
            db.Database.Migrate();
            var copy = Path.Combine(folder, "copy.db");
            db.Database.ExecuteSql($"VACUUM INTO {copy}");
            return System.IO.File.ReadAllBytes(copy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
