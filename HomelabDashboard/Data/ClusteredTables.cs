using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace HomelabDashboard.Data;

/// <summary>Tables whose rows lie in the file in the order of their primary key: <c>WITHOUT ROWID</c>, in SQLite's words.</summary>
public static class ClusteredTables
{
    private const string Annotation = "Homelab:Clustered";

    /// <summary>For small rows that are read by ranges of the key.</summary>
    public static EntityTypeBuilder<T> IsClustered<T>(this EntityTypeBuilder<T> entity)
        where T : class => entity.HasAnnotation(Annotation, true);

    internal static bool HasClustered(this IModel? model, string table) =>
        model?.GetEntityTypes().Any(e => e.GetTableName() == table && e.FindAnnotation(Annotation)?.Value is true) is true;
}

internal sealed class ClusteredTablesSqlGenerator(MigrationsSqlGeneratorDependencies dependencies, IRelationalAnnotationProvider annotations)
    : SqliteMigrationsSqlGenerator(dependencies, annotations)
{
    /// <summary>A table that SQLite cannot alter is made anew under a name with this before it.</summary>
    private const string Rebuilt = "ef_temp_";

    protected override void Generate(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        var name = operation.Name.StartsWith(Rebuilt, StringComparison.Ordinal) ? operation.Name[Rebuilt.Length..] : operation.Name;
        base.Generate(operation, model, builder, terminate: false);
        if (model.HasClustered(name))
        {
            builder.Append(" WITHOUT ROWID");
        }

        if (terminate)
        {
            builder.AppendLine(Dependencies.SqlGenerationHelper.StatementTerminator);
            EndStatement(builder);
        }
    }
}
