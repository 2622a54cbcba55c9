using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class ContainerTroubleKinds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "docker_alerts",
                type: "VARCHAR(20)",
                maxLength: 20,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "kind",
                table: "docker_alerts");
        }
    }
}
