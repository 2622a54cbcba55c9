using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Notifications;

public sealed class NotificationChannelConfiguration : IEntityTypeConfiguration<NotificationChannel>
{
    public void Configure(EntityTypeBuilder<NotificationChannel> builder)
    {
        builder.ToTable("notification_channels");
        builder.Property(x => x.Name).HasMaxLength(ChannelInput.MaxName);
        builder.Property(x => x.Kind).HasMaxLength(20);
        builder.Property(x => x.Settings).IsJson();
        builder.Property(x => x.MinLevel).HasMaxLength(20).HasDefault(AlertLevel.Warning);
        builder.Property(x => x.Categories).IsJson();
        builder.Property(x => x.QuietFrom).HasMaxLength(5);
        builder.Property(x => x.QuietUntil).HasMaxLength(5);
        builder.Property(x => x.Timezone).HasMaxLength(100);
        builder.Property(x => x.SendClosed).HasDefault(false);
        builder.Property(x => x.AllowPrivateHost).HasDefault(false);
        builder.Property(x => x.Enabled).HasDefault(false);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
