using HomelabDashboard.Data;
using HomelabDashboard.Features.Automation;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Schedules;

public sealed class ScheduleRunConfiguration : IEntityTypeConfiguration<ScheduleRun>
{
    public void Configure(EntityTypeBuilder<ScheduleRun> builder)
    {
        builder.ToTable("schedule_runs");
        builder.Property(x => x.ScheduleId).HasMaxLength(50);
        builder.HasOne<Schedule>().WithMany().HasForeignKey(x => x.ScheduleId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.TaskId).HasMaxLength(50);
        builder.HasOne<AutomationTask>().WithMany().HasForeignKey(x => x.TaskId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.Status).HasMaxLength(50);
        builder.Property(x => x.HostsImpacted).HasDefault(0);
        builder.Property(x => x.TriggerType).HasMaxLength(20).HasDefault(ScheduleTrigger.Schedule);
        builder.Property(x => x.Attempt).HasDefault(1);
        builder.Property(x => x.RequestedBy).HasMaxLength(50);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
