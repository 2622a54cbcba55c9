using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class DockerImageConfiguration : IEntityTypeConfiguration<DockerImage>
{
    public void Configure(EntityTypeBuilder<DockerImage> builder)
    {
        builder.ToTable("docker_images");
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.ImageId).HasMaxLength(64);
        builder.Property(x => x.RepoTags).IsJson();
        builder.Property(x => x.LastUpdateAt).HasDefaultNow();
        builder.HasIndex(x => new { x.HostId, x.ImageId }).IsUnique();
    }
}
