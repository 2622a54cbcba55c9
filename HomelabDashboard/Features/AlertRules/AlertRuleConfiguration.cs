using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.AlertRules;

public sealed class AlertRuleConfiguration : IEntityTypeConfiguration<AlertRule>
{
    public void Configure(EntityTypeBuilder<AlertRule> builder)
    {
        builder.ToTable("alert_rules");
        builder.Property(x => x.Name).HasMaxLength(AlertRuleInput.MaxName);
        builder.Property(x => x.Kind).HasMaxLength(30);
        builder.Property(x => x.DurationSeconds).HasDefault(0);
        builder.Property(x => x.Severity).HasMaxLength(20).HasDefault(AlertLevel.Warning);
        builder.Property(x => x.Hosts).IsJson();
        builder.Property(x => x.Groups).IsJson();
        builder.Property(x => x.Tags).IsJson();
        builder.Property(x => x.QuietFrom).HasMaxLength(5);
        builder.Property(x => x.QuietUntil).HasMaxLength(5);
        builder.Property(x => x.Timezone).HasMaxLength(100);
        builder.Property(x => x.Enabled).HasDefault(false);
        builder.Property(x => x.Builtin).HasMaxLength(50);
        builder.HasIndex(x => x.Builtin).IsUnique();
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
        builder.HasQueryFilter(x => x.DeletedAt == null);
    }
}
