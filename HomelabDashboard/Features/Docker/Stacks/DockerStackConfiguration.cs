using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker.Stacks;

public sealed class DockerStackConfiguration : IEntityTypeConfiguration<DockerStack>
{
    public void Configure(EntityTypeBuilder<DockerStack> builder)
    {
        builder.ToTable("docker_stacks");
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.Name).HasMaxLength(255);
        builder.Property(x => x.ConfigFiles).IsJson();
        builder.HasIndex(x => new { x.HostId, x.Name }).IsUnique();
        builder.Property(x => x.LastUpdateAt).HasDefaultNow();
    }
}
