using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Automation;

public sealed class AutomationTaskConfiguration : IEntityTypeConfiguration<AutomationTask>
{
    public void Configure(EntityTypeBuilder<AutomationTask> builder)
    {
        builder.ToTable("tasks");
        builder.Property(x => x.Id).HasMaxLength(50);
        builder.Property(x => x.Action).HasMaxLength(100);
        builder.Property(x => x.Target).HasMaxLength(255);
        builder.Property(x => x.Status).HasMaxLength(50).HasDefault(AutomationTaskStatus.Pending);
        builder.Property(x => x.Playbook).HasMaxLength(255);
        builder.Property(x => x.ResultData).IsJson();
        builder.Property(x => x.Request).IsJson();
        builder.Property(x => x.RequestedBy).HasMaxLength(50);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.HasIndex(x => x.Playbook).HasDatabaseName("ix_tasks_playbook");
    }
}
