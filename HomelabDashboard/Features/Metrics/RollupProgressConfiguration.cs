using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Metrics;

public sealed class RollupProgressConfiguration : IEntityTypeConfiguration<RollupProgress>
{
    public void Configure(EntityTypeBuilder<RollupProgress> builder)
    {
        builder.ToTable("rollup_progress");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
