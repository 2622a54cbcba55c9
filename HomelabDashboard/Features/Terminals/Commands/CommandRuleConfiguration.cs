using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Terminals.Commands;

public sealed class CommandRuleConfiguration : IEntityTypeConfiguration<CommandRule>
{
    public void Configure(EntityTypeBuilder<CommandRule> builder)
    {
        builder.ToTable("command_rules");
        builder.Property(x => x.Name).HasMaxLength(100);
        builder.Property(x => x.Pattern).HasMaxLength(255);
        builder.Property(x => x.Reason).HasMaxLength(255);
        builder.Property(x => x.Hosts).IsJson();
        builder.Property(x => x.Groups).IsJson();
        builder.Property(x => x.Enabled).HasDefault(false);
        builder.Property(x => x.Builtin).HasMaxLength(50);
        builder.HasIndex(x => x.Builtin).IsUnique();
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
        builder.HasQueryFilter(x => x.DeletedAt == null);
    }
}
