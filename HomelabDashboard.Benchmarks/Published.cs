using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Benchmarks;

/// <summary>What <c>make publish</c> has built: what people run is measured, not what developers build.</summary>
internal static class Published
{
    public static string Program { get; } = Path.Combine(Repository.Root, "publish", "HomelabDashboard.dll");
}
