using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Terminals;

public sealed class TerminalSessionConfiguration : IEntityTypeConfiguration<TerminalSession>
{
    public void Configure(EntityTypeBuilder<TerminalSession> builder)
    {
        builder.ToTable("terminal_sessions");
        builder.Property(x => x.Id).HasMaxLength(50);
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.Property(x => x.HostName).HasMaxLength(255);
        builder.Property(x => x.HostIp).HasMaxLength(50);
        builder.Property(x => x.ContainerName).HasMaxLength(255);
        builder.Property(x => x.Username).HasMaxLength(50);
        builder.Property(x => x.TokenHash).HasMaxLength(128);
        builder.Property(x => x.Mode).HasMaxLength(20).HasDefault(SessionMode.Embedded);
        builder.Property(x => x.Status).HasMaxLength(20).HasDefault(SessionStatus.Active);
        builder.Property(x => x.ReasonClosed).HasMaxLength(30);
        builder.HasIndex(x => new { x.UserId, x.Status }).HasDatabaseName("ix_terminal_sessions_user_status");
        builder.Property(x => x.ClosedDetail).HasMaxLength(SessionRows.MaxDetail);
        builder.HasIndex(x => x.ClosedAt).HasDatabaseName("ix_terminal_sessions_closed_at");
        builder.HasIndex(x => x.LastSeenAt).HasDatabaseName("ix_terminal_sessions_last_seen");
        builder.HasIndex(x => x.HostId).HasDatabaseName("ix_terminal_sessions_host_id");
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.LastSeenAt).HasDefaultNow();
    }
}
