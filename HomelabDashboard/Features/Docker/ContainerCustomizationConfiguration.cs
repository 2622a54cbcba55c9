using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class ContainerCustomizationConfiguration : IEntityTypeConfiguration<ContainerCustomization>
{
    public void Configure(EntityTypeBuilder<ContainerCustomization> builder)
    {
        builder.ToTable("container_customizations");
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.ContainerId).HasMaxLength(64);
        builder.Property(x => x.ContainerName).HasMaxLength(255);
        builder.HasIndex(x => new { x.UserId, x.HostId, x.ContainerName }).IsUnique();
        builder.Property(x => x.IconKey).HasMaxLength(100);
        builder.Property(x => x.IconColor).HasMaxLength(20);
        builder.Property(x => x.BgColor).HasMaxLength(20);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
