using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Alerts;

public sealed class AlertConfiguration : IEntityTypeConfiguration<Alert>
{
    public void Configure(EntityTypeBuilder<Alert> builder)
    {
        builder.ToTable("alerts");
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.Category).HasMaxLength(50);
        builder.Property(x => x.Level).HasMaxLength(20);
        builder.Property(x => x.Title).HasMaxLength(AlertSignal.LongestTitle);
        builder.Property(x => x.Source).HasMaxLength(50);
        builder.Property(x => x.Details).IsJson();
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.Key).HasMaxLength(AlertSignal.LongestKey);
        builder.Property(x => x.State).HasMaxLength(20).HasDefault(AlertState.Closed);
        builder.Property(x => x.Count).HasDefault(1);
        builder.Property(x => x.AcknowledgedBy).HasMaxLength(100);
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.Href).HasMaxLength(AlertSignal.LongestHref);
        builder.Property(x => x.Action).HasMaxLength(AlertSignal.LongestAction);
        builder.Property(x => x.ActionHref).HasMaxLength(AlertSignal.LongestHref);
        builder.HasIndex(x => x.State).HasFilter("state = 'open'").HasDatabaseName("ix_alerts_open");
        builder.HasIndex(x => x.ReadAt).HasFilter("read_at IS NULL").HasDatabaseName("ix_alerts_unread");
        builder.HasIndex(x => x.NotifiedAt).HasFilter("notified_at IS NULL").HasDatabaseName("ix_alerts_to_notify");
        builder.HasIndex(x => x.ClosingNotifiedAt).HasFilter("closing_notified_at IS NULL").HasDatabaseName("ix_alerts_closing_to_notify");
    }
}
