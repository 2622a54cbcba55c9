using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Operations;

public sealed class OperationConfiguration : IEntityTypeConfiguration<Operation>
{
    public void Configure(EntityTypeBuilder<Operation> builder)
    {
        builder.ToTable("operations");
        builder.Property(x => x.Id).HasMaxLength(50);
        builder.Property(x => x.Kind).HasMaxLength(50);
        builder.Property(x => x.Target).HasMaxLength(300);
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.Status).HasMaxLength(20).HasDefault(OperationStatus.Pending);
        builder.Property(x => x.RetryOf).HasMaxLength(50);
        builder.Property(x => x.RequestedBy).HasMaxLength(50);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();

        // One open row for each target and kind, also when two requests come at once.
        builder.HasIndex(x => new { x.Target, x.Kind }).IsUnique()
            .HasFilter("status IN ('pending', 'running')").HasDatabaseName("ix_operations_open");
        builder.HasIndex(x => x.Target);
        builder.HasIndex(x => x.CreatedAt).HasDatabaseName("ix_operations_created_at");
    }
}
