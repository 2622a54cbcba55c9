using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Automation;

public sealed class HostAnsibleFactsConfiguration : IEntityTypeConfiguration<HostAnsibleFacts>
{
    public void Configure(EntityTypeBuilder<HostAnsibleFacts> builder)
    {
        builder.ToTable("host_facts");
        builder.HasKey(x => x.HostId);
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithOne().HasForeignKey<HostAnsibleFacts>(x => x.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.Facts).IsJson();
        builder.Property(x => x.TaskId).HasMaxLength(50);
        builder.Property(x => x.GatheredAt).HasDefaultNow();
    }
}
