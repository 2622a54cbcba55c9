using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class SessionEndings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "closed_detail",
                table: "terminal_sessions",
                type: "VARCHAR(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_terminal_sessions_closed_at",
                table: "terminal_sessions",
                column: "closed_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_terminal_sessions_closed_at",
                table: "terminal_sessions");

            migrationBuilder.DropColumn(
                name: "closed_detail",
                table: "terminal_sessions");
        }
    }
}
