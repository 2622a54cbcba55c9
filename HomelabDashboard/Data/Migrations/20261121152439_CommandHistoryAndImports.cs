using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class CommandHistoryAndImports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "directory",
                table: "terminal_command_logs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "duration_ms",
                table: "terminal_command_logs",
                type: "BIGINT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "exit_code",
                table: "terminal_command_logs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ansible_vars",
                table: "hosts",
                type: "JSON",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "critical_percent",
                table: "hosts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "enabled",
                table: "hosts",
                type: "BOOLEAN",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<bool>(
                name: "maintenance",
                table: "hosts",
                type: "BOOLEAN",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "maintenance_reason",
                table: "hosts",
                type: "VARCHAR(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "maintenance_until",
                table: "hosts",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "notes",
                table: "hosts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "other_groups",
                table: "hosts",
                type: "JSON",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.AddColumn<string>(
                name: "tags",
                table: "hosts",
                type: "JSON",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.AddColumn<int>(
                name: "warn_percent",
                table: "hosts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ansible_groups",
                columns: table => new
                {
                    name = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    parents = table.Column<string>(type: "JSON", nullable: false, defaultValueSql: "'[]'"),
                    vars = table.Column<string>(type: "JSON", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ansible_groups", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "command_rules",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: false),
                    pattern = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    reason = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    hosts = table.Column<string>(type: "JSON", nullable: false),
                    groups = table.Column<string>(type: "JSON", nullable: false),
                    enabled = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    builtin = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    deleted_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_command_rules", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_terminal_command_logs_command_hash_host_id_user_id",
                table: "terminal_command_logs",
                columns: new[] { "command_hash", "host_id", "user_id" });

            migrationBuilder.CreateIndex(
                name: "ix_terminal_command_logs_created_at",
                table: "terminal_command_logs",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_terminal_command_logs_terminal_session_id",
                table: "terminal_command_logs",
                column: "terminal_session_id");

            migrationBuilder.CreateIndex(
                name: "ix_command_rules_builtin",
                table: "command_rules",
                column: "builtin",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ansible_groups");

            migrationBuilder.DropTable(
                name: "command_rules");

            migrationBuilder.DropIndex(
                name: "ix_terminal_command_logs_command_hash_host_id_user_id",
                table: "terminal_command_logs");

            migrationBuilder.DropIndex(
                name: "ix_terminal_command_logs_created_at",
                table: "terminal_command_logs");

            migrationBuilder.DropIndex(
                name: "ix_terminal_command_logs_terminal_session_id",
                table: "terminal_command_logs");

            migrationBuilder.DropColumn(
                name: "directory",
                table: "terminal_command_logs");

            migrationBuilder.DropColumn(
                name: "duration_ms",
                table: "terminal_command_logs");

            migrationBuilder.DropColumn(
                name: "exit_code",
                table: "terminal_command_logs");

            migrationBuilder.DropColumn(
                name: "ansible_vars",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "critical_percent",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "enabled",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "maintenance",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "maintenance_reason",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "maintenance_until",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "notes",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "other_groups",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "tags",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "warn_percent",
                table: "hosts");
        }
    }
}
