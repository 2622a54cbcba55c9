using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class DeliveriesLeft : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "left",
                table: "notification_deliveries",
                type: "JSON",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "left",
                table: "notification_deliveries");
        }
    }
}
