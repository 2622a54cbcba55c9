using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Docker;

public sealed class DockerAlertConfiguration : IEntityTypeConfiguration<DockerAlert>
{
    public void Configure(EntityTypeBuilder<DockerAlert> builder)
    {
        builder.ToTable("docker_alerts");
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.ContainerName).HasMaxLength(255);
        builder.Property(x => x.Kind).HasMaxLength(20);
        builder.Property(x => x.Severity).HasMaxLength(20).HasDefault(DockerAlertSeverity.Warning);
        builder.Property(x => x.State).HasMaxLength(20).HasDefault(DockerAlertState.Open);
        builder.Property(x => x.OpenedAt).HasDefaultNow();
        builder.Property(x => x.AcknowledgedBy).HasMaxLength(100);
    }
}
