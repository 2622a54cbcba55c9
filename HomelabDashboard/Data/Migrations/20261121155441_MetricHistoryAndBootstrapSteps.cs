using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class MetricHistoryAndBootstrapSteps : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "steps",
                table: "bootstrap_status",
                type: "JSON",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.CreateTable(
                name: "host_metric_rollups",
                columns: table => new
                {
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    step_seconds = table.Column<int>(type: "INTEGER", nullable: false),
                    start = table.Column<long>(type: "INTEGER", nullable: false),
                    count = table.Column<int>(type: "INTEGER", nullable: false),
                    uptime_seconds = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_load_1m_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_load_1m_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_load_1m_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_temperature_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_temperature_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_temperature_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_usage_percent_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_usage_percent_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    cpu_usage_percent_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_read_rate_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_read_rate_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_read_rate_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_root_usage_percent_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_root_usage_percent_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_root_usage_percent_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_write_rate_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_write_rate_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    disk_write_rate_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    memory_usage_percent_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    memory_usage_percent_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    memory_usage_percent_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    network_receive_rate_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    network_receive_rate_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    network_receive_rate_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    network_transmit_rate_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    network_transmit_rate_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    network_transmit_rate_minimum = table.Column<long>(type: "BIGINT", nullable: true),
                    swap_usage_percent_maximum = table.Column<long>(type: "BIGINT", nullable: true),
                    swap_usage_percent_mean = table.Column<long>(type: "BIGINT", nullable: true),
                    swap_usage_percent_minimum = table.Column<long>(type: "BIGINT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_host_metric_rollups", x => new { x.host_id, x.step_seconds, x.start });
                    table.ForeignKey(
                        name: "fk_host_metric_rollups_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "rollup_progress",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    last_metric_id = table.Column<long>(type: "BIGINT", nullable: false),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rollup_progress", x => x.id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "host_metric_rollups");

            migrationBuilder.DropTable(
                name: "rollup_progress");

            migrationBuilder.DropColumn(
                name: "steps",
                table: "bootstrap_status");
        }
    }
}
