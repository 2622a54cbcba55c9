using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Hosts;

public sealed class AnsibleGroupConfiguration : IEntityTypeConfiguration<AnsibleGroup>
{
    public void Configure(EntityTypeBuilder<AnsibleGroup> builder)
    {
        builder.ToTable("ansible_groups");
        builder.HasKey(x => x.Name);
        builder.Property(x => x.Name).HasMaxLength(50);
        builder.PrimitiveCollection(x => x.Parents).HasColumnType("JSON").HasDefaultValueSql("'[]'");
        builder.Property(x => x.Vars).IsJson();
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
