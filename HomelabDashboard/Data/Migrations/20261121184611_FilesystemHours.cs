using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class FilesystemHours : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "host_filesystem_hours",
                columns: table => new
                {
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    start = table.Column<long>(type: "INTEGER", nullable: false),
                    mount = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    count = table.Column<int>(type: "INTEGER", nullable: false),
                    available_mb = table.Column<long>(type: "BIGINT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_host_filesystem_hours", x => new { x.host_id, x.start, x.mount });
                    table.ForeignKey(
                        name: "fk_host_filesystem_hours_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "host_filesystem_hours");
        }
    }
}
