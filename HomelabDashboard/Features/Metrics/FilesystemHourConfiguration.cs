using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Metrics;

public sealed class FilesystemHourConfiguration : IEntityTypeConfiguration<FilesystemHour>
{
    public const string Table = "host_filesystem_hours";

    public void Configure(EntityTypeBuilder<FilesystemHour> builder)
    {
        // A host's hours are read and pruned as one range of time.
        builder.ToTable(Table);
        builder.IsClustered();
        builder.HasKey(x => new { x.HostId, x.Start, x.Mount });
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.Property(x => x.Mount).HasMaxLength(255);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
    }
}
