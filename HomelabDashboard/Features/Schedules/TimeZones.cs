using System.Diagnostics.CodeAnalysis;

namespace HomelabDashboard.Features.Schedules;

/// <summary>The time zones of schedules, by their IANA names.</summary>
public static class TimeZones
{
    public const string Default = "America/Montreal";

    /// <summary>The same zone by the name that is still kept up: systems without the old names know this one.</summary>
    private const string DefaultKeptUp = "America/Toronto";

    public static bool TryFind(string? id, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        return id is { Length: > 0 and <= 100 }
            && (TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone) || (id == Default && TimeZoneInfo.TryFindSystemTimeZoneById(DefaultKeptUp, out zone)));
    }

    /// <summary>All that there are, by name, the default among them; read when they are first asked for.</summary>
    public static IReadOnlyList<string> Names => field ??=
    [
        .. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => id.Contains('/', StringComparison.Ordinal) || id == "UTC")
            .Append(Default).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];
}
