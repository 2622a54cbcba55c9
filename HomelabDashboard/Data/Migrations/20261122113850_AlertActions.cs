using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class AlertActions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "action",
                table: "alerts",
                type: "VARCHAR(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "action_href",
                table: "alerts",
                type: "VARCHAR(500)",
                maxLength: 500,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "action",
                table: "alerts");

            migrationBuilder.DropColumn(
                name: "action_href",
                table: "alerts");
        }
    }
}
