using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace HomelabDashboard.Data;

/// <summary>The words in which a room's configuration speaks of columns, and the names and types that follow from them.</summary>
public static class ColumnExtensions
{
    /// <summary>The column holds JSON text.</summary>
    public static PropertyBuilder<T> IsJson<T>(this PropertyBuilder<T> property) => property.HasColumnType("JSON");

    /// <summary>A default that the database knows too; the value itself is the sentinel, so that no other value is lost to it.</summary>
    public static PropertyBuilder<T> HasDefault<T>(this PropertyBuilder<T> property, T value) =>
        property.HasDefaultValue(value).HasSentinel(value);

    /// <summary>The program sets the time; the database's own clock is the net below it.</summary>
    public static PropertyBuilder<DateTime> HasDefaultNow(this PropertyBuilder<DateTime> property) =>
        property.HasDefaultValueSql("CURRENT_TIMESTAMP");

    /// <summary>Gives every column its snake_case name and, where none was chosen, the type that the data model names.</summary>
    public static void UseColumnNamesAndTypes(this ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var (property, part) in entity.GetProperties().Select(p => (p, ""))
                .Concat(entity.GetComplexProperties().SelectMany(c => c.ComplexType.GetProperties().Select(p => (p, SnakeCase(c.Name) + "_")))).ToList())
            {
                if (property.FindAnnotation(RelationalAnnotationNames.ColumnName) is null)
                {
                    property.SetColumnName(part + SnakeCase(property.Name));
                }

                var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                if (type.IsEnum)
                {
                    property.SetValueConverter((ValueConverter)Activator.CreateInstance(typeof(EnumWordsConverter<>).MakeGenericType(type))!);
                }

                if (property.FindAnnotation(RelationalAnnotationNames.ColumnType) is null)
                {
                    property.SetColumnType(TypeName(type, property));
                }
            }

            foreach (var key in entity.GetKeys())
            {
                key.SetName($"pk_{entity.GetTableName()}");
            }

            foreach (var foreignKey in entity.GetForeignKeys())
            {
                var column = SnakeCase(foreignKey.Properties[0].Name);
                foreignKey.SetConstraintName($"fk_{entity.GetTableName()}_{column}");
            }

            foreach (var index in entity.GetIndexes().Where(i => i.FindAnnotation(RelationalAnnotationNames.Name) is null))
            {
                var columns = index.Properties.Select(p => SnakeCase(p.Name));
                index.SetDatabaseName($"ix_{entity.GetTableName()}_{string.Join('_', columns)}");
            }
        }
    }

    private static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string TypeName(Type type, IMutableProperty property) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => $"VARCHAR({property.GetMaxLength() ?? 20})",
        TypeCode.String => property.GetMaxLength() is { } length ? $"VARCHAR({length})" : "TEXT",
        TypeCode.DateTime => "DATETIME",
        TypeCode.Boolean => "BOOLEAN",
        TypeCode.Double => "FLOAT",
        TypeCode.Int32 => "INTEGER",
        TypeCode.Int64 => property.IsPrimaryKey() ? "INTEGER" : "BIGINT",
        _ => throw new NotSupportedException($"{property.DeclaringType.Name}.{property.Name} has no column type."),
    };
}
