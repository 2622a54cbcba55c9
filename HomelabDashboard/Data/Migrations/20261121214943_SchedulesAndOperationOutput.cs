using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class SchedulesAndOperationOutput : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "created_by",
                table: "schedules",
                type: "VARCHAR(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "missed_policy",
                table: "schedules",
                type: "VARCHAR(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "run_once");

            migrationBuilder.AddColumn<string>(
                name: "overlap_policy",
                table: "schedules",
                type: "VARCHAR(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "skip");

            migrationBuilder.AddColumn<DateTime>(
                name: "queued_for",
                table: "schedules",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "retry_at",
                table: "schedules",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "retry_attempt",
                table: "schedules",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "attempt",
                table: "schedule_runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<string>(
                name: "requested_by",
                table: "schedule_runs",
                type: "VARCHAR(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "scheduled_for",
                table: "schedule_runs",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trigger_type",
                table: "schedule_runs",
                type: "VARCHAR(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "schedule");

            migrationBuilder.AddColumn<string>(
                name: "output",
                table: "operations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_operations_target",
                table: "operations",
                column: "target");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_operations_target",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "created_by",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "missed_policy",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "overlap_policy",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "queued_for",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "retry_at",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "retry_attempt",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "attempt",
                table: "schedule_runs");

            migrationBuilder.DropColumn(
                name: "requested_by",
                table: "schedule_runs");

            migrationBuilder.DropColumn(
                name: "scheduled_for",
                table: "schedule_runs");

            migrationBuilder.DropColumn(
                name: "trigger_type",
                table: "schedule_runs");

            migrationBuilder.DropColumn(
                name: "output",
                table: "operations");
        }
    }
}
