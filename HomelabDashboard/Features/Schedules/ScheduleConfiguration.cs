using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Schedules;

public sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.ToTable("schedules");
        builder.Property(x => x.Id).HasMaxLength(50);
        builder.Property(x => x.Name).HasMaxLength(255);
        builder.Property(x => x.Playbook).HasMaxLength(255);
        builder.Property(x => x.TargetType).HasMaxLength(50).HasDefault(TargetType.Group);
        builder.Property(x => x.Target).HasMaxLength(255);
        builder.Property(x => x.ExtraVars).IsJson();
        builder.Property(x => x.ScheduleType).HasMaxLength(50);
        builder.Property(x => x.RecurrenceType).HasMaxLength(50);
        builder.Property(x => x.RecurrenceTime).HasMaxLength(50);
        builder.Property(x => x.CronExpression).HasMaxLength(100);
        builder.Property(x => x.Timezone).HasMaxLength(100).HasDefault("America/Montreal");
        builder.Property(x => x.Enabled).HasDefault(true);
        builder.Property(x => x.LastStatus).HasMaxLength(50).HasDefault(ScheduleStatus.Never);
        builder.Property(x => x.RetryOnFailure).HasDefault(0);
        builder.Property(x => x.Timeout).HasDefault(3600);
        builder.Property(x => x.NotificationType).HasMaxLength(50).HasDefault(NotificationType.All);
        builder.Property(x => x.RunCount).HasDefault(0);
        builder.Property(x => x.SuccessCount).HasDefault(0);
        builder.Property(x => x.FailureCount).HasDefault(0);
        builder.Property(x => x.OverlapPolicy).HasMaxLength(20).HasDefault(OverlapPolicy.Skip);
        builder.Property(x => x.MissedPolicy).HasMaxLength(20).HasDefault(MissedPolicy.RunOnce);
        builder.Property(x => x.RetryAttempt).HasDefault(0);
        builder.Property(x => x.CreatedBy).HasMaxLength(50);
        builder.HasQueryFilter(x => x.DeletedAt == null);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
