using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Logs;

public sealed class LogEntryConfiguration : IEntityTypeConfiguration<LogEntry>
{
    public void Configure(EntityTypeBuilder<LogEntry> builder)
    {
        builder.ToTable("logs");
        builder.HasIndex(x => x.CreatedAt).HasDatabaseName("ix_logs_created_at");
        builder.Property(x => x.Level).HasMaxLength(50);
        builder.Property(x => x.Source).HasMaxLength(255);
        builder.Property(x => x.Details).IsJson();
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.Property(x => x.TaskId).HasMaxLength(50);
        builder.Property(x => x.ScheduleId).HasMaxLength(50);
        builder.Property(x => x.RemoteAddress).HasMaxLength(50);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
