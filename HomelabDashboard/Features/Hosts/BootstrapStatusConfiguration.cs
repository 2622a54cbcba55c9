using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Hosts;

public sealed class BootstrapStatusConfiguration : IEntityTypeConfiguration<BootstrapStatus>
{
    public void Configure(EntityTypeBuilder<BootstrapStatus> builder)
    {
        builder.ToTable("bootstrap_status");
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.Status).HasMaxLength(50);
        builder.Property(x => x.AutomationUser).HasMaxLength(50);
        builder.Property(x => x.Steps).IsJson().HasDefaultValueSql("'[]'");
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
