using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class LogSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "remote_address",
                table: "logs",
                type: "VARCHAR(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "user_id",
                table: "logs",
                type: "INTEGER",
                nullable: true);

            // The index over the messages and, as words that begin with a letter of the private use area (57344), what lines are
            // filtered by: see LogSearchIndex. Triggers keep it, as nothing else does for an index without text of its own.
            migrationBuilder.Sql("""
                CREATE VIEW logs_text AS SELECT id, message,
                    char(57344) || 'l' || level
                    || coalesce(' ' || char(57344) || 's' || source, '')
                    || coalesce(' ' || char(57344) || 'h' || host_id, '')
                    || coalesce(' ' || char(57344) || 't' || task_id, '')
                    || coalesce(' ' || char(57344) || 'c' || schedule_id, '')
                    || coalesce(' ' || char(57344) || 'u' || user_id, '') AS facets
                FROM logs;
                """);
            migrationBuilder.Sql("""
                CREATE VIRTUAL TABLE logs_search USING fts5(message, facets, content='logs_text', content_rowid='id', prefix='2 3', tokenize='unicode61 remove_diacritics 2');
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER logs_search_insert AFTER INSERT ON logs BEGIN
                    INSERT INTO logs_search(rowid, message, facets) SELECT id, message, facets FROM logs_text WHERE id = new.id;
                END;
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER logs_search_delete BEFORE DELETE ON logs BEGIN
                    INSERT INTO logs_search(logs_search, rowid, message, facets) SELECT 'delete', id, message, facets FROM logs_text WHERE id = old.id;
                END;
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER logs_search_update_before BEFORE UPDATE ON logs BEGIN
                    INSERT INTO logs_search(logs_search, rowid, message, facets) SELECT 'delete', id, message, facets FROM logs_text WHERE id = old.id;
                END;
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER logs_search_update_after AFTER UPDATE ON logs BEGIN
                    INSERT INTO logs_search(rowid, message, facets) SELECT id, message, facets FROM logs_text WHERE id = new.id;
                END;
                """);
            migrationBuilder.Sql("INSERT INTO logs_search(logs_search) VALUES ('rebuild');");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER logs_search_update_after; DROP TRIGGER logs_search_update_before; DROP TRIGGER logs_search_delete; DROP TRIGGER logs_search_insert; DROP TABLE logs_search; DROP VIEW logs_text;");
            migrationBuilder.DropColumn(
                name: "remote_address",
                table: "logs");

            migrationBuilder.DropColumn(
                name: "user_id",
                table: "logs");
        }
    }
}
