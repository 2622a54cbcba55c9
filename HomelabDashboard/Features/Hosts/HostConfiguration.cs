using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Hosts;

public sealed class HostConfiguration : IEntityTypeConfiguration<Host>
{
    public void Configure(EntityTypeBuilder<Host> builder)
    {
        builder.ToTable("hosts");
        builder.Property(x => x.Id).HasMaxLength(50);
        builder.Property(x => x.Name).HasMaxLength(255).UseCollation("NOCASE");
        builder.Property(x => x.IpAddress).HasMaxLength(50);
        builder.Property(x => x.Status).HasMaxLength(50).HasDefault(HostStatus.Unknown);
        builder.Property(x => x.Enabled).HasDefault(true);
        builder.Property(x => x.Maintenance).HasDefault(false);
        builder.Property(x => x.MaintenanceReason).HasMaxLength(200);
        builder.PrimitiveCollection(x => x.Tags).HasColumnType("JSON").HasDefaultValueSql("'[]'");
        builder.Property(x => x.AnsibleGroup).HasMaxLength(50);
        builder.PrimitiveCollection(x => x.OtherGroups).HasColumnType("JSON").HasDefaultValueSql("'[]'");
        builder.Property(x => x.AnsibleVars).IsJson();
        builder.Property(x => x.Reachable).HasDefault(false);
        builder.Property(x => x.SshPort).HasDefault(22);
        builder.Property(x => x.SshUser).HasMaxLength(32).HasDefault("root");
        builder.Property(x => x.ProxyJumpId).HasMaxLength(50);
        builder.Property(x => x.HostKeyApprovedBy).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.ProxyJumpId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(x => x.Name).IsUnique().HasFilter("deleted_at IS NULL").HasDatabaseName("ix_hosts_name");
        builder.HasQueryFilter(x => x.DeletedAt == null);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
        builder.Property(x => x.DockerEnabled).HasDefault(false);
        builder.Property(x => x.DockerVersion).HasMaxLength(50);
        builder.Property(x => x.DockerStatus).HasMaxLength(20);
    }
}
