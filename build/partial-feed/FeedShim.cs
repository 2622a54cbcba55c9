using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace HomelabDashboard.PartialFeed;

/// <summary>Lets the program run with the lower package versions of a partial feed. See README.md in this folder.</summary>
internal static class FeedShim
{
    // The packages whose assemblies are older here than the assemblies compiled against them ask for.
    private static readonly string[] LowerVersions = ["SQLitePCLRaw.", "AngleSharp.Diffing"];

#pragma warning disable CA2255 // It must run before the first type of those packages is touched, and nobody may have to call it.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register()
    {
        AssemblyLoadContext.Default.Resolving += ResolveAnyVersion;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += ResolveSystemSqlite;
    }

    private static Assembly? ResolveAnyVersion(AssemblyLoadContext context, AssemblyName wanted) =>
        wanted.Version is not null
        && wanted.Name is { } name
        && Array.Exists(LowerVersions, prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            ? context.LoadFromAssemblyName(new AssemblyName(name))
            : null;

    private static nint ResolveSystemSqlite(Assembly caller, string library) =>
        string.Equals(library, "e_sqlite3", StringComparison.Ordinal) ? NativeLibrary.Load("libsqlite3.so.0") : 0;
}
