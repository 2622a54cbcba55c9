using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Terminals;

public sealed class TerminalCommandLogConfiguration : IEntityTypeConfiguration<TerminalCommandLog>
{
    public void Configure(EntityTypeBuilder<TerminalCommandLog> builder)
    {
        builder.ToTable("terminal_command_logs");
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.TerminalSessionId).HasMaxLength(64);
        builder.Property(x => x.CommandHash).HasMaxLength(64);
        builder.Property(x => x.Source).HasMaxLength(20).HasDefault(CommandSource.Terminal);
        builder.Property(x => x.IsPinned).HasDefault(false);
        builder.Property(x => x.IsBlocked).HasDefault(false);
        builder.Property(x => x.BlockedReason).HasMaxLength(255);
        builder.Property(x => x.Username).HasMaxLength(100);
        builder.Property(x => x.HostName).HasMaxLength(100);
        builder.HasIndex(x => x.TerminalSessionId);
        builder.HasIndex(x => x.CreatedAt);
        builder.HasIndex(x => new { x.CommandHash, x.HostId, x.UserId });
    }
}
