using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class DockerContainerConfiguration : IEntityTypeConfiguration<DockerContainer>
{
    public void Configure(EntityTypeBuilder<DockerContainer> builder)
    {
        builder.ToTable("docker_containers");
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.ContainerId).HasMaxLength(64);
        builder.Property(x => x.Name).HasMaxLength(255);
        builder.Property(x => x.Image).HasMaxLength(255);
        builder.Property(x => x.State).HasMaxLength(20).HasDefault("unknown");
        builder.Property(x => x.Status).HasMaxLength(255);
        builder.Property(x => x.Health).HasMaxLength(20);
        builder.Property(x => x.Ports).IsJson();
        builder.Property(x => x.Labels).IsJson();
        builder.Property(x => x.ComposeProject).HasMaxLength(255);
        builder.Property(x => x.LastUpdateAt).HasDefaultNow();
        builder.HasIndex(x => new { x.HostId, x.ContainerId }).IsUnique();
    }
}
