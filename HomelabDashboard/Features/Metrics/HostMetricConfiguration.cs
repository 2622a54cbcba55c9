using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Metrics;

public sealed class HostMetricConfiguration : IEntityTypeConfiguration<HostMetric>
{
    public void Configure(EntityTypeBuilder<HostMetric> builder)
    {
        builder.ToTable("host_metrics");
        builder.Property(x => x.CpuLoad1m).HasColumnName("cpu_load_1m");
        builder.Property(x => x.CpuLoad5m).HasColumnName("cpu_load_5m");
        builder.Property(x => x.CpuLoad15m).HasColumnName("cpu_load_15m");
        builder.HasIndex(x => new { x.HostId, x.CollectedAt }).HasDatabaseName("ix_host_metrics_host_collected");
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.MetricType).HasMaxLength(50);
        builder.Property(x => x.CpuModel).HasMaxLength(200);
        builder.Property(x => x.DiskInfo).IsJson();
        builder.Property(x => x.DiskDevices).IsJson();
        builder.Property(x => x.LvmInfo).IsJson();
        builder.Property(x => x.ZfsInfo).IsJson();
        builder.Property(x => x.StorageDetails).IsJson();
        builder.Property(x => x.OsName).HasMaxLength(100);
        builder.Property(x => x.OsVersion).HasMaxLength(100);
        builder.Property(x => x.KernelVersion).HasMaxLength(100);
        builder.Property(x => x.Hostname).HasMaxLength(200);
        builder.Property(x => x.UptimeSeconds).HasColumnType("INTEGER");
        builder.Property(x => x.UptimeHuman).HasMaxLength(100);
        builder.Property(x => x.NetworkInfo).IsJson();
        builder.Property(x => x.RawData).IsJson();
        builder.Property(x => x.CollectionSource).HasMaxLength(100);
        builder.Property(x => x.CollectedAt).HasDefaultNow();
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
