using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HomelabDashboard.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "app_settings",
                columns: table => new
                {
                    key = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_app_settings", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "hosts",
                columns: table => new
                {
                    id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false, collation: "NOCASE"),
                    ip_address = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    ssh_port = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 22),
                    ssh_user = table.Column<string>(type: "VARCHAR(32)", maxLength: 32, nullable: false, defaultValue: "root"),
                    proxy_jump_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    host_key = table.Column<string>(type: "TEXT", nullable: true),
                    host_key_approved_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    host_key_approved_by = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    status = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false, defaultValue: "unknown"),
                    status_reason = table.Column<string>(type: "TEXT", nullable: true),
                    ansible_group = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    last_seen = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    reachable = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    deleted_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    docker_enabled = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    docker_version = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    docker_status = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: true),
                    docker_last_collect_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_hosts", x => x.id);
                    table.ForeignKey(
                        name: "fk_hosts_proxy_jump_id",
                        column: x => x.proxy_jump_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "logs",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    level = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    source = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    message = table.Column<string>(type: "TEXT", nullable: false),
                    details = table.Column<string>(type: "JSON", nullable: true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    task_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    schedule_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_logs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "playbook_lint_results",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    filename = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    quality_score = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 100),
                    total_issues = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    errors_count = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    warnings_count = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    execution_time_ms = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    issues_json = table.Column<string>(type: "TEXT", nullable: true),
                    raw_output = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_playbook_lint_results", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "schedules",
                columns: table => new
                {
                    id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    playbook = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    target_type = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true, defaultValue: "group"),
                    target = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    extra_vars = table.Column<string>(type: "JSON", nullable: true),
                    schedule_type = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    schedule_time = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    recurrence_type = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    recurrence_time = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    recurrence_days = table.Column<string>(type: "TEXT", nullable: true),
                    cron_expression = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    timezone = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true, defaultValue: "America/Montreal"),
                    start_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    end_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    enabled = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: true),
                    tags = table.Column<string>(type: "TEXT", nullable: true),
                    next_run = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    last_run = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    last_status = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true, defaultValue: "never"),
                    retry_on_failure = table.Column<int>(type: "INTEGER", nullable: true, defaultValue: 0),
                    timeout = table.Column<int>(type: "INTEGER", nullable: true, defaultValue: 3600),
                    notification_type = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true, defaultValue: "all"),
                    run_count = table.Column<int>(type: "INTEGER", nullable: true, defaultValue: 0),
                    success_count = table.Column<int>(type: "INTEGER", nullable: true, defaultValue: 0),
                    failure_count = table.Column<int>(type: "INTEGER", nullable: true, defaultValue: 0),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    deleted_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_schedules", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tasks",
                columns: table => new
                {
                    id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    action = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: false),
                    target = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    status = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false, defaultValue: "pending"),
                    playbook = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    started_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    completed_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    result_data = table.Column<string>(type: "JSON", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tasks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "terminal_sessions",
                columns: table => new
                {
                    id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    host_name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    host_ip = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    user_id = table.Column<int>(type: "INTEGER", nullable: true),
                    username = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    token_hash = table.Column<string>(type: "VARCHAR(128)", maxLength: 128, nullable: false),
                    ttyd_port = table.Column<int>(type: "INTEGER", nullable: false),
                    ttyd_pid = table.Column<int>(type: "INTEGER", nullable: true),
                    ttyd_start_ticks = table.Column<long>(type: "BIGINT", nullable: true),
                    mode = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "embedded"),
                    status = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "active"),
                    reason_closed = table.Column<string>(type: "VARCHAR(30)", maxLength: 30, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    last_seen_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    expires_at = table.Column<DateTime>(type: "DATETIME", nullable: false),
                    closed_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_terminal_sessions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    username = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false, collation: "NOCASE"),
                    email = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    hashed_password = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    role = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "admin"),
                    is_active = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: true),
                    is_superuser = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    display_name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    last_login = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    password_changed_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    deleted_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "bootstrap_status",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    status = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    automation_user = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    last_attempt = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bootstrap_status", x => x.id);
                    table.ForeignKey(
                        name: "fk_bootstrap_status_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "docker_alerts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    container_name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    severity = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "warning"),
                    state = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "open"),
                    message = table.Column<string>(type: "TEXT", nullable: true),
                    opened_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    closed_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    acknowledged_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    acknowledged_by = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    last_notified_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_docker_alerts", x => x.id);
                    table.ForeignKey(
                        name: "fk_docker_alerts_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "docker_containers",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    container_id = table.Column<string>(type: "VARCHAR(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    image = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    state = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "unknown"),
                    status = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    health = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    ports = table.Column<string>(type: "JSON", nullable: true),
                    labels = table.Column<string>(type: "JSON", nullable: true),
                    compose_project = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    last_update_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_docker_containers", x => x.id);
                    table.ForeignKey(
                        name: "fk_docker_containers_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "docker_images",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    image_id = table.Column<string>(type: "VARCHAR(64)", maxLength: 64, nullable: false),
                    repo_tags = table.Column<string>(type: "JSON", nullable: true),
                    size = table.Column<long>(type: "BIGINT", nullable: true),
                    created = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    last_update_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_docker_images", x => x.id);
                    table.ForeignKey(
                        name: "fk_docker_images_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "docker_volumes",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: false),
                    driver = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    mountpoint = table.Column<string>(type: "TEXT", nullable: true),
                    scope = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: true),
                    last_update_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_docker_volumes", x => x.id);
                    table.ForeignKey(
                        name: "fk_docker_volumes_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "host_metrics",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    metric_type = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    cpu_count = table.Column<int>(type: "INTEGER", nullable: true),
                    cpu_model = table.Column<string>(type: "VARCHAR(200)", maxLength: 200, nullable: true),
                    cpu_cores = table.Column<int>(type: "INTEGER", nullable: true),
                    cpu_threads = table.Column<int>(type: "INTEGER", nullable: true),
                    cpu_threads_per_core = table.Column<int>(type: "INTEGER", nullable: true),
                    cpu_sockets = table.Column<int>(type: "INTEGER", nullable: true),
                    cpu_mhz = table.Column<double>(type: "FLOAT", nullable: true),
                    cpu_max_mhz = table.Column<double>(type: "FLOAT", nullable: true),
                    cpu_min_mhz = table.Column<double>(type: "FLOAT", nullable: true),
                    cpu_load_1m = table.Column<double>(type: "FLOAT", nullable: true),
                    cpu_load_5m = table.Column<double>(type: "FLOAT", nullable: true),
                    cpu_load_15m = table.Column<double>(type: "FLOAT", nullable: true),
                    cpu_usage_percent = table.Column<double>(type: "FLOAT", nullable: true),
                    cpu_temperature = table.Column<double>(type: "FLOAT", nullable: true),
                    memory_total_mb = table.Column<int>(type: "INTEGER", nullable: true),
                    memory_used_mb = table.Column<int>(type: "INTEGER", nullable: true),
                    memory_free_mb = table.Column<int>(type: "INTEGER", nullable: true),
                    memory_usage_percent = table.Column<double>(type: "FLOAT", nullable: true),
                    swap_total_mb = table.Column<int>(type: "INTEGER", nullable: true),
                    swap_used_mb = table.Column<int>(type: "INTEGER", nullable: true),
                    swap_usage_percent = table.Column<double>(type: "FLOAT", nullable: true),
                    disk_info = table.Column<string>(type: "JSON", nullable: true),
                    disk_devices = table.Column<string>(type: "JSON", nullable: false),
                    disk_root_total_gb = table.Column<double>(type: "FLOAT", nullable: true),
                    disk_root_used_gb = table.Column<double>(type: "FLOAT", nullable: true),
                    disk_root_usage_percent = table.Column<double>(type: "FLOAT", nullable: true),
                    lvm_info = table.Column<string>(type: "JSON", nullable: true),
                    zfs_info = table.Column<string>(type: "JSON", nullable: true),
                    storage_details = table.Column<string>(type: "JSON", nullable: true),
                    os_name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    os_version = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    kernel_version = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    hostname = table.Column<string>(type: "VARCHAR(200)", maxLength: 200, nullable: true),
                    uptime_seconds = table.Column<long>(type: "INTEGER", nullable: true),
                    uptime_human = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    network_receive_rate = table.Column<double>(type: "FLOAT", nullable: true),
                    network_transmit_rate = table.Column<double>(type: "FLOAT", nullable: true),
                    disk_read_rate = table.Column<double>(type: "FLOAT", nullable: true),
                    disk_write_rate = table.Column<double>(type: "FLOAT", nullable: true),
                    network_info = table.Column<string>(type: "JSON", nullable: true),
                    raw_data = table.Column<string>(type: "JSON", nullable: true),
                    collection_source = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    collection_duration_ms = table.Column<int>(type: "INTEGER", nullable: true),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    collected_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_host_metrics", x => x.id);
                    table.ForeignKey(
                        name: "fk_host_metrics_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "operations",
                columns: table => new
                {
                    id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    kind = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    target = table.Column<string>(type: "VARCHAR(300)", maxLength: 300, nullable: false),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    status = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "pending"),
                    error = table.Column<string>(type: "TEXT", nullable: true),
                    progress = table.Column<double>(type: "FLOAT", nullable: true),
                    message = table.Column<string>(type: "TEXT", nullable: true),
                    retry_of = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    started_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    completed_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    requested_by = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_operations", x => x.id);
                    table.ForeignKey(
                        name: "fk_operations_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "schedule_runs",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    schedule_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    task_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    status = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    started_at = table.Column<DateTime>(type: "DATETIME", nullable: false),
                    completed_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    duration = table.Column<double>(type: "FLOAT", nullable: true),
                    hosts_impacted = table.Column<int>(type: "INTEGER", nullable: true, defaultValue: 0),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    output = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_schedule_runs", x => x.id);
                    table.ForeignKey(
                        name: "fk_schedule_runs_schedule_id",
                        column: x => x.schedule_id,
                        principalTable: "schedules",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_schedule_runs_task_id",
                        column: x => x.task_id,
                        principalTable: "tasks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "alerts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<int>(type: "INTEGER", nullable: true),
                    category = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    level = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: true),
                    title = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    message = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    details = table.Column<string>(type: "JSON", nullable: true),
                    read_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_alerts", x => x.id);
                    table.ForeignKey(
                        name: "fk_alerts_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "api_tokens",
                columns: table => new
                {
                    id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    user_id = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: false),
                    token_hash = table.Column<string>(type: "VARCHAR(64)", maxLength: 64, nullable: false),
                    scopes = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    expires_at = table.Column<DateTime>(type: "DATETIME", nullable: true),
                    last_used_at = table.Column<DateTime>(type: "DATETIME", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_tokens", x => x.id);
                    table.ForeignKey(
                        name: "fk_api_tokens_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "container_customizations",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<int>(type: "INTEGER", nullable: true),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    container_id = table.Column<string>(type: "VARCHAR(64)", maxLength: 64, nullable: false),
                    icon_key = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    icon_color = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: true),
                    bg_color = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_container_customizations", x => x.id);
                    table.ForeignKey(
                        name: "fk_container_customizations_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_container_customizations_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "favorite_groups",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<int>(type: "INTEGER", nullable: true),
                    name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: false),
                    sort_order = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    color = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: true),
                    icon_key = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    updated_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_favorite_groups", x => x.id);
                    table.ForeignKey(
                        name: "fk_favorite_groups_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "sign_ins",
                columns: table => new
                {
                    id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    user_id = table.Column<int>(type: "INTEGER", nullable: false),
                    address = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: true),
                    user_agent = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    last_seen_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    expires_at = table.Column<DateTime>(type: "DATETIME", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_ins", x => x.id);
                    table.ForeignKey(
                        name: "fk_sign_ins_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "terminal_command_logs",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP"),
                    host_id = table.Column<string>(type: "VARCHAR(50)", maxLength: 50, nullable: false),
                    user_id = table.Column<int>(type: "INTEGER", nullable: true),
                    terminal_session_id = table.Column<string>(type: "VARCHAR(64)", maxLength: 64, nullable: true),
                    command = table.Column<string>(type: "TEXT", nullable: false),
                    command_hash = table.Column<string>(type: "VARCHAR(64)", maxLength: 64, nullable: false),
                    source = table.Column<string>(type: "VARCHAR(20)", maxLength: 20, nullable: false, defaultValue: "terminal"),
                    is_pinned = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    is_blocked = table.Column<bool>(type: "BOOLEAN", nullable: false, defaultValue: false),
                    blocked_reason = table.Column<string>(type: "VARCHAR(255)", maxLength: 255, nullable: true),
                    username = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true),
                    host_name = table.Column<string>(type: "VARCHAR(100)", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_terminal_command_logs", x => x.id);
                    table.ForeignKey(
                        name: "fk_terminal_command_logs_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_terminal_command_logs_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "favorite_containers",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<int>(type: "INTEGER", nullable: true),
                    docker_container_id = table.Column<int>(type: "INTEGER", nullable: false),
                    group_id = table.Column<int>(type: "INTEGER", nullable: true),
                    created_at = table.Column<DateTime>(type: "DATETIME", nullable: false, defaultValueSql: "CURRENT_TIMESTAMP")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_favorite_containers", x => x.id);
                    table.ForeignKey(
                        name: "fk_favorite_containers_docker_container_id",
                        column: x => x.docker_container_id,
                        principalTable: "docker_containers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_favorite_containers_group_id",
                        column: x => x.group_id,
                        principalTable: "favorite_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_favorite_containers_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateIndex(
                name: "ix_alerts_user_id",
                table: "alerts",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_api_tokens_token_hash",
                table: "api_tokens",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_tokens_user_id",
                table: "api_tokens",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_bootstrap_status_host_id",
                table: "bootstrap_status",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_container_customizations_host_id",
                table: "container_customizations",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_container_customizations_user_id",
                table: "container_customizations",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_docker_alerts_host_id",
                table: "docker_alerts",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_docker_containers_host_id",
                table: "docker_containers",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_docker_images_host_id",
                table: "docker_images",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_docker_volumes_host_id",
                table: "docker_volumes",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_favorite_containers_docker_container_id",
                table: "favorite_containers",
                column: "docker_container_id");

            migrationBuilder.CreateIndex(
                name: "ix_favorite_containers_group_id",
                table: "favorite_containers",
                column: "group_id");

            migrationBuilder.CreateIndex(
                name: "ix_favorite_containers_user_id",
                table: "favorite_containers",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_favorite_groups_user_id",
                table: "favorite_groups",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_host_metrics_host_collected",
                table: "host_metrics",
                columns: new[] { "host_id", "collected_at" });

            migrationBuilder.CreateIndex(
                name: "ix_hosts_name",
                table: "hosts",
                column: "name",
                unique: true,
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_hosts_proxy_jump_id",
                table: "hosts",
                column: "proxy_jump_id");

            migrationBuilder.CreateIndex(
                name: "ix_logs_created_at",
                table: "logs",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_operations_created_at",
                table: "operations",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_operations_host_id",
                table: "operations",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_operations_open",
                table: "operations",
                columns: new[] { "target", "kind" },
                unique: true,
                filter: "status IN ('pending', 'running')");

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_schedule_id",
                table: "schedule_runs",
                column: "schedule_id");

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_task_id",
                table: "schedule_runs",
                column: "task_id");

            migrationBuilder.CreateIndex(
                name: "ix_sign_ins_user_id",
                table: "sign_ins",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_terminal_command_logs_host_id",
                table: "terminal_command_logs",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_terminal_command_logs_user_id",
                table: "terminal_command_logs",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_terminal_sessions_host_id",
                table: "terminal_sessions",
                column: "host_id");

            migrationBuilder.CreateIndex(
                name: "ix_terminal_sessions_last_seen",
                table: "terminal_sessions",
                column: "last_seen_at");

            migrationBuilder.CreateIndex(
                name: "ix_terminal_sessions_user_status",
                table: "terminal_sessions",
                columns: new[] { "user_id", "status" });

            migrationBuilder.CreateIndex(
                name: "ix_users_username",
                table: "users",
                column: "username",
                unique: true,
                filter: "deleted_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alerts");

            migrationBuilder.DropTable(
                name: "api_tokens");

            migrationBuilder.DropTable(
                name: "app_settings");

            migrationBuilder.DropTable(
                name: "bootstrap_status");

            migrationBuilder.DropTable(
                name: "container_customizations");

            migrationBuilder.DropTable(
                name: "docker_alerts");

            migrationBuilder.DropTable(
                name: "docker_images");

            migrationBuilder.DropTable(
                name: "docker_volumes");

            migrationBuilder.DropTable(
                name: "favorite_containers");

            migrationBuilder.DropTable(
                name: "host_metrics");

            migrationBuilder.DropTable(
                name: "logs");

            migrationBuilder.DropTable(
                name: "operations");

            migrationBuilder.DropTable(
                name: "playbook_lint_results");

            migrationBuilder.DropTable(
                name: "schedule_runs");

            migrationBuilder.DropTable(
                name: "sign_ins");

            migrationBuilder.DropTable(
                name: "terminal_command_logs");

            migrationBuilder.DropTable(
                name: "terminal_sessions");

            migrationBuilder.DropTable(
                name: "docker_containers");

            migrationBuilder.DropTable(
                name: "favorite_groups");

            migrationBuilder.DropTable(
                name: "schedules");

            migrationBuilder.DropTable(
                name: "tasks");

            migrationBuilder.DropTable(
                name: "hosts");

            migrationBuilder.DropTable(
                name: "users");
        }
    }
}
