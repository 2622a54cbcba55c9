using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class AlertsAndNotifications : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "acknowledged_at",
                table: "alerts",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "acknowledged_by",
                table: "alerts",
                type: "VARCHAR(100)",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "closed_at",
                table: "alerts",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "closing_notified_at",
                table: "alerts",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "count",
                table: "alerts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<string>(
                name: "host_id",
                table: "alerts",
                type: "VARCHAR(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "href",
                table: "alerts",
                type: "VARCHAR(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "key",
                table: "alerts",
                type: "VARCHAR(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "last_seen_at",
                table: "alerts",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "notified_at",
                table: "alerts",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "notify_after",
                table: "alerts",
                type: "DATETIME",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "state",
                table: "alerts",
                type: "VARCHAR(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "closed");

            migrationBuilder.CreateTable(
                name: "alert_rules",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: false),
                    kind = table.Column<string>(type: "VARCHAR(30)", maxLength: 30, nullable: false),
                    threshold = table.Column<double>(type: "FLOAT", nullable: true),
                    clear_value = table.Column<double>(type: "FLOAT", nullable: true),
                    duration_seconds = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    severity = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "warning"),
                    hosts = table.Column<string>(type: "JSON", nullable: false),
                    groups = table.Column<string>(type: "JSON", nullable: false),
                    tags = table.Column<string>(type: "JSON", nullable: false),
                    quiet_from = table.Column<string>(type: "VARCHAR(5)", maxLength: 5, nullable: true),
                    quiet_until = table.Column<string>(type: "VARCHAR(5)", maxLength: 5, nullable: true),
                    timezone = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    enabled = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    builtin = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    deleted_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_alert_rules", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notification_channels",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: false),
                    kind = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false),
                    settings = table.Column<string>(type: "JSON", nullable: false),
                    secret = table.Column<string>(type: "TEXT", nullable: true),
                    min_level = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "warning"),
                    categories = table.Column<string>(type: "JSON", nullable: false),
                    quiet_from = table.Column<string>(type: "VARCHAR(5)", maxLength: 5, nullable: true),
                    quiet_until = table.Column<string>(type: "VARCHAR(5)", maxLength: 5, nullable: true),
                    timezone = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    send_closed = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    allow_private_host = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    enabled = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_channels", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notification_deliveries",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    channel_id = table.Column<int>(type: "INTEGER", nullable: false),
                    alert_id = table.Column<long>(type: "BIGINT", nullable: true),
                    @event = table.Column<string>(name: "event", type: "VARCHAR(20)", maxLength: 20, nullable: false),
                    title = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    state = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "pending"),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    next_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    error = table.Column<string>(type: "VARCHAR(500)", maxLength: 500, nullable: true),
                    digest_of = table.Column<int>(type: "INTEGER", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    sent_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_deliveries", x => x.id);
                    table.ForeignKey(
                        name: "fk_notification_deliveries_alert_id",
                        column: x => x.alert_id,
                        principalTable: "alerts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_notification_deliveries_channel_id",
                        column: x => x.channel_id,
                        principalTable: "notification_channels",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_alerts_closing_to_notify",
                table: "alerts",
                column: "closing_notified_at",
                filter: "closing_notified_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_alerts_host_id",
                table: "alerts",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_alerts_open",
                table: "alerts",
                column: "state",
                filter: "state = 'open'");

            migrationBuilder.CreateIndex(
                name: "ix_alerts_to_notify",
                table: "alerts",
                column: "notified_at",
                filter: "notified_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_alerts_unread",
                table: "alerts",
                column: "read_at",
                filter: "read_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_alert_rules_builtin",
                table: "alert_rules",
                column: "builtin",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_notification_deliveries_alert_id",
                table: "notification_deliveries",
                column: "alert_id");

            migrationBuilder.CreateIndex(
                name: "ix_notification_deliveries_channel_id_alert_id_event",
                table: "notification_deliveries",
                columns: new[] { "channel_id", "alert_id", "event" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_notification_deliveries_next_at",
                table: "notification_deliveries",
                column: "next_at",
                filter: "next_at IS NOT NULL");

            migrationBuilder.AddForeignKey(
                name: "fk_alerts_host_id",
                table: "alerts",
                column: "host_id",
                principalTable: "hosts",
                principalColumn: "id",
                onDelete: ReferentialAction.SetNull);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_alerts_host_id",
                table: "alerts");

            migrationBuilder.DropTable(
                name: "alert_rules");

            migrationBuilder.DropTable(
                name: "notification_deliveries");

            migrationBuilder.DropTable(
                name: "notification_channels");

            migrationBuilder.DropIndex(
                name: "ix_alerts_closing_to_notify",
                table: "alerts");

            migrationBuilder.DropIndex(
                name: "ix_alerts_host_id",
                table: "alerts");

            migrationBuilder.DropIndex(
                name: "ix_alerts_open",
                table: "alerts");

            migrationBuilder.DropIndex(
                name: "ix_alerts_to_notify",
                table: "alerts");

            migrationBuilder.DropIndex(
                name: "ix_alerts_unread",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "acknowledged_at",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "acknowledged_by",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "closed_at",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "closing_notified_at",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "count",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "host_id",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "href",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "key",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "last_seen_at",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "notified_at",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "notify_after",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "state",
                table: "alerts");
        }
    }
}
