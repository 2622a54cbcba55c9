using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class FavoriteContainerConfiguration : IEntityTypeConfiguration<FavoriteContainer>
{
    public void Configure(EntityTypeBuilder<FavoriteContainer> builder)
    {
        builder.ToTable("favorite_containers");
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<DockerContainer>().WithMany().HasForeignKey(x => x.DockerContainerId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<FavoriteGroup>().WithMany().HasForeignKey(x => x.GroupId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.SortOrder).HasDefault(0);
        builder.HasIndex(x => new { x.UserId, x.DockerContainerId }).IsUnique();
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
