using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class DockerVolumeConfiguration : IEntityTypeConfiguration<DockerVolume>
{
    public void Configure(EntityTypeBuilder<DockerVolume> builder)
    {
        builder.ToTable("docker_volumes");
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.Name).HasMaxLength(255);
        builder.Property(x => x.Driver).HasMaxLength(50);
        builder.Property(x => x.Scope).HasMaxLength(20);
        builder.Property(x => x.LastUpdateAt).HasDefaultNow();
        builder.HasIndex(x => new { x.HostId, x.Name }).IsUnique();
    }
}
