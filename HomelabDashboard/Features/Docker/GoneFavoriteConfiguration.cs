using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class GoneFavoriteConfiguration : IEntityTypeConfiguration<GoneFavorite>
{
    public void Configure(EntityTypeBuilder<GoneFavorite> builder)
    {
        builder.ToTable("gone_favorites");
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.ContainerName).HasMaxLength(255);
        builder.HasIndex(x => new { x.UserId, x.HostId, x.ContainerName }).IsUnique();
        builder.HasOne<FavoriteGroup>().WithMany().HasForeignKey(x => x.GroupId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
