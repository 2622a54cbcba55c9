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
        builder.Property(x => x.Title).HasMaxLength(255);
        builder.Property(x => x.Source).HasMaxLength(50);
        builder.Property(x => x.Details).IsJson();
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
