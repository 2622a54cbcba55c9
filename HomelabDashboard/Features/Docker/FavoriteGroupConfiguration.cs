using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class FavoriteGroupConfiguration : IEntityTypeConfiguration<FavoriteGroup>
{
    public void Configure(EntityTypeBuilder<FavoriteGroup> builder)
    {
        builder.ToTable("favorite_groups");
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.Name).HasMaxLength(100);
        builder.Property(x => x.SortOrder).HasDefault(0);
        builder.Property(x => x.Color).HasMaxLength(20);
        builder.Property(x => x.IconKey).HasMaxLength(100);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
