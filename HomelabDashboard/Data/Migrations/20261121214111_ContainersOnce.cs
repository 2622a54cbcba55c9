using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class ContainersOnce : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Nothing kept a row from being written twice until now; the first of them is the one that others name.
            migrationBuilder.Sql("DELETE FROM docker_containers WHERE id NOT IN (SELECT MIN(id) FROM docker_containers GROUP BY host_id, container_id);");
            migrationBuilder.Sql("DELETE FROM docker_images WHERE id NOT IN (SELECT MIN(id) FROM docker_images GROUP BY host_id, image_id);");
            migrationBuilder.Sql("DELETE FROM docker_volumes WHERE id NOT IN (SELECT MIN(id) FROM docker_volumes GROUP BY host_id, name);");

            migrationBuilder.DropIndex(
                name: "ix_favorite_containers_user_id",
                table: "favorite_containers");

            migrationBuilder.DropIndex(
                name: "ix_docker_volumes_host_id",
                table: "docker_volumes");

            migrationBuilder.DropIndex(
                name: "ix_docker_images_host_id",
                table: "docker_images");

            migrationBuilder.DropIndex(
                name: "ix_docker_containers_host_id",
                table: "docker_containers");

            migrationBuilder.DropIndex(
                name: "ix_container_customizations_user_id",
                table: "container_customizations");

            migrationBuilder.AddColumn<int>(
                name: "container_id",
                table: "terminal_sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "container_name",
                table: "terminal_sessions",
                type: "VARCHAR(255)",
                maxLength: 255,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "sort_order",
                table: "favorite_containers",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "container_name",
                table: "container_customizations",
                type: "VARCHAR(255)",
                maxLength: 255,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "docker_stacks",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    working_dir = table.Column<string>(type: "TEXT", nullable: false),
                    config_files = table.Column<string>(type: "JSON", nullable: false),
                    env_file = table.Column<string>(type: "TEXT", nullable: true),
                    last_update_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_docker_stacks", x => x.id);
                    table.ForeignKey(
                        name: "fk_docker_stacks_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "gone_favorites",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<int>(type: "INTEGER", nullable: true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    container_name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    group_id = table.Column<int>(type: "INTEGER", nullable: true),
                    sort_order = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_gone_favorites", x => x.id);
                    table.ForeignKey(
                        name: "fk_gone_favorites_group_id",
                        column: x => x.group_id,
                        principalTable: "favorite_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_gone_favorites_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_gone_favorites_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_favorite_containers_user_id_docker_container_id",
                table: "favorite_containers",
                columns: new[] { "user_id", "docker_container_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_docker_volumes_host_id_name",
                table: "docker_volumes",
                columns: new[] { "host_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_docker_images_host_id_image_id",
                table: "docker_images",
                columns: new[] { "host_id", "image_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_docker_containers_host_id_container_id",
                table: "docker_containers",
                columns: new[] { "host_id", "container_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_container_customizations_user_id_host_id_container_name",
                table: "container_customizations",
                columns: new[] { "user_id", "host_id", "container_name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_docker_stacks_host_id_name",
                table: "docker_stacks",
                columns: new[] { "host_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_gone_favorites_group_id",
                table: "gone_favorites",
                column: "group_id");

            migrationBuilder.CreateIndex(
                name: "ix_gone_favorites_host_id",
                table: "gone_favorites",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_gone_favorites_user_id_host_id_container_name",
                table: "gone_favorites",
                columns: new[] { "user_id", "host_id", "container_name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "docker_stacks");

            migrationBuilder.DropTable(
                name: "gone_favorites");

            migrationBuilder.DropIndex(
                name: "ix_favorite_containers_user_id_docker_container_id",
                table: "favorite_containers");

            migrationBuilder.DropIndex(
                name: "ix_docker_volumes_host_id_name",
                table: "docker_volumes");

            migrationBuilder.DropIndex(
                name: "ix_docker_images_host_id_image_id",
                table: "docker_images");

            migrationBuilder.DropIndex(
                name: "ix_docker_containers_host_id_container_id",
                table: "docker_containers");

            migrationBuilder.DropIndex(
                name: "ix_container_customizations_user_id_host_id_container_name",
                table: "container_customizations");

            migrationBuilder.DropColumn(
                name: "container_id",
                table: "terminal_sessions");

            migrationBuilder.DropColumn(
                name: "container_name",
                table: "terminal_sessions");

            migrationBuilder.DropColumn(
                name: "sort_order",
                table: "favorite_containers");

            migrationBuilder.DropColumn(
                name: "container_name",
                table: "container_customizations");

            migrationBuilder.CreateIndex(
                name: "ix_favorite_containers_user_id",
                table: "favorite_containers",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_docker_volumes_host_id",
                table: "docker_volumes",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_docker_images_host_id",
                table: "docker_images",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_docker_containers_host_id",
                table: "docker_containers",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_container_customizations_user_id",
                table: "container_customizations",
                column: "user_id");
        }
    }
}
