using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Metrics;

public sealed class HostMetricRollupConfiguration : IEntityTypeConfiguration<HostMetricRollup>
{
    public const string Table = "host_metric_rollups";

    public void Configure(EntityTypeBuilder<HostMetricRollup> builder)
    {
        // A chart reads one host's steps in order, so that is how they lie in the file.
        builder.ToTable(Table);
        builder.IsClustered();
        builder.HasKey(x => new { x.HostId, x.StepSeconds, x.Start });
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        foreach (var column in RolledColumn.All)
        {
            builder.ComplexProperty<RolledFigure>(column.Property, figure =>
            {
                figure.IsRequired();
                figure.Property(f => f.Minimum).HasColumnName(column.Name + "_minimum");
                figure.Property(f => f.Mean).HasColumnName(column.Name + "_mean");
                figure.Property(f => f.Maximum).HasColumnName(column.Name + "_maximum");
            });
        }
    }
}
