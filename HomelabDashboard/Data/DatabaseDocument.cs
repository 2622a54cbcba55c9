using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace HomelabDashboard.Data;

/// <summary>The text of <c>docs/database.md</c>: a diagram of the tables and a dictionary of their columns, read from the model.</summary>
public static class DatabaseDocument
{
    public static string Write(IModel model)
    {
        var tables = model.GetEntityTypes().OrderBy(e => e.GetTableName(), StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        text.Append("# Database\n\n");
        text.Append("Generated from the model by `make docs`. Times are UTC; words in columns are snake_case.\n\n");
        Diagram(text, tables);
        foreach (var table in tables)
        {
            Table(text, table);
        }

        return text.ToString();
    }

    private static void Diagram(StringBuilder text, IReadOnlyList<IEntityType> tables)
    {
        text.Append("```mermaid\nerDiagram\n");
        foreach (var table in tables)
        {
            foreach (var key in table.GetForeignKeys().OrderBy(k => Column(k.Properties[0]), StringComparer.Ordinal))
            {
                var one = key.IsRequired ? "||" : "|o";
                text.Append($"    {key.PrincipalEntityType.GetTableName()} {one}--o{{ {table.GetTableName()} : {Column(key.Properties[0])}\n");
            }
        }

        foreach (var table in tables)
        {
            text.Append($"    {table.GetTableName()} {{\n");
            foreach (var property in Columns(table))
            {
                var type = property.GetColumnType().Replace("(", "_", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal);
                var mark = property.IsPrimaryKey() ? " PK" : property.IsForeignKey() ? " FK" : "";
                text.Append($"        {type} {Column(property)}{mark}\n");
            }

            text.Append("    }\n");
        }

        text.Append("```\n");
    }

    private static void Table(StringBuilder text, IEntityType table)
    {
        text.Append($"\n## {table.GetTableName()}\n\n| column | type | key | nullable | default |\n|---|---|---|---|---|\n");
        foreach (var property in Columns(table))
        {
            var references = property.GetContainingForeignKeys().Select(k => $"FK {k.PrincipalEntityType.GetTableName()}.{Column(k.PrincipalKey.Properties[0])}");
            var keys = string.Join(", ", (property.IsPrimaryKey() ? ["PK"] : Array.Empty<string>()).Concat(references));
            text.Append($"| {Column(property)} | {property.GetColumnType()} | {keys} | {(property.IsNullable ? "yes" : "no")} | {Default(property)} |\n");
        }

        var indexes = table.GetIndexes().OrderBy(i => i.GetDatabaseName(), StringComparer.Ordinal).ToList();
        if (indexes.Count > 0)
        {
            text.Append('\n');
            foreach (var index in indexes)
            {
                var columns = string.Join(", ", index.Properties.Select(Column));
                var filter = index.GetFilter() is { } where ? $" where {where}" : "";
                text.Append($"- {(index.IsUnique ? "unique index" : "index")} `{index.GetDatabaseName()}` ({columns}){filter}\n");
            }
        }
    }

    private static IEnumerable<IProperty> Columns(IEntityType table) => table.GetProperties()
        .OrderBy(p => p.IsPrimaryKey() ? 0 : 1).ThenBy(p => p.PropertyInfo?.MetadataToken)
        .Concat(table.GetComplexProperties().OrderBy(c => c.PropertyInfo?.MetadataToken).SelectMany(c => c.ComplexType.GetProperties().OrderBy(p => p.PropertyInfo?.MetadataToken)));

    private static string Column(IReadOnlyProperty property) => property.GetColumnName();

    private static string Default(IProperty property)
    {
        if (property.GetDefaultValueSql() is { } sql)
        {
            return sql == "CURRENT_TIMESTAMP" ? "now()" : sql;
        }

        if (!property.TryGetDefaultValue(out var value) || value is null)
        {
            return "";
        }

        return property.GetTypeMapping().Converter?.ConvertToProvider(value)?.ToString() ?? value.ToString() ?? "";
    }
}
