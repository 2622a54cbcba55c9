using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class HostImport : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ansible_groups");

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
