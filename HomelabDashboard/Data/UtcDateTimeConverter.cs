using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace HomelabDashboard.Data;

/// <summary>Times are stored and read as UTC. A local time is a bug, and is refused.</summary>
public sealed class UtcDateTimeConverter() : ValueConverter<DateTime, DateTime>(
    value => Store(value),
    value => DateTime.SpecifyKind(value, DateTimeKind.Utc))
{
    private static DateTime Store(DateTime value) =>
        value.Kind == DateTimeKind.Utc ? value : throw new ArgumentException($"A {value.Kind} time was to be stored; times are UTC.", nameof(value));
}
