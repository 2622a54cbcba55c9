using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class PlaybookRuns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "request",
                table: "tasks",
                type: "JSON",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "requested_by",
                table: "tasks",
                type: "VARCHAR(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "host_facts",
                columns: table => new
                {
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    facts = table.Column<string>(type: "JSON", nullable: false),
                    gathered_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    task_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_host_facts", x => x.host_id);
                    table.ForeignKey(
                        name: "fk_host_facts_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "playbook_versions",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    filename = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    content = table.Column<string>(type: "TEXT", nullable: false),
                    content_hash = table.Column<string>(type: "VARCHAR(64)", maxLength: 64, nullable: false),
                    saved_by = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_playbook_versions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "task_hosts",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    task_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    host_name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    ok = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    changed = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    failed = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    unreachable = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    skipped = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    rescued = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    ignored = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    message = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_hosts", x => x.id);
                    table.ForeignKey(
                        name: "fk_task_hosts_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_task_hosts_task_id",
                        column: x => x.task_id,
                        principalTable: "tasks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_tasks_playbook",
                table: "tasks",
                column: "playbook");

            migrationBuilder.CreateIndex(
                name: "ix_playbook_versions_filename",
                table: "playbook_versions",
                columns: new[] { "filename", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_task_hosts_host_id",
                table: "task_hosts",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_task_hosts_task_id",
                table: "task_hosts",
                column: "task_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "host_facts");

            migrationBuilder.DropTable(
                name: "playbook_versions");

            migrationBuilder.DropTable(
                name: "task_hosts");

            migrationBuilder.DropIndex(
                name: "ix_tasks_playbook",
                table: "tasks");

            migrationBuilder.DropColumn(
                name: "request",
                table: "tasks");

            migrationBuilder.DropColumn(
                name: "requested_by",
                table: "tasks");
        }
    }
}
