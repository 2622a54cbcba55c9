using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Notifications;

public sealed class NotificationDeliveryConfiguration : IEntityTypeConfiguration<NotificationDelivery>
{
    public void Configure(EntityTypeBuilder<NotificationDelivery> builder)
    {
        builder.ToTable("notification_deliveries");
        builder.HasOne<NotificationChannel>().WithMany().HasForeignKey(x => x.ChannelId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Alert>().WithMany().HasForeignKey(x => x.AlertId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(x => new { x.ChannelId, x.AlertId, x.Event }).IsUnique();
        builder.HasIndex(x => x.NextAt).HasFilter("next_at IS NOT NULL").HasDatabaseName("ix_notification_deliveries_next_at");
        builder.Property(x => x.Event).HasMaxLength(20);
        builder.Property(x => x.Title).HasMaxLength(255);
        builder.Property(x => x.State).HasMaxLength(20).HasDefault(DeliveryState.Pending);
        builder.Property(x => x.Attempts).HasDefault(0);
        builder.Property(x => x.Left).IsJson();
        builder.Property(x => x.Error).HasMaxLength(500);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
