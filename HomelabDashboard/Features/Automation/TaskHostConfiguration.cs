using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Automation;

public sealed class TaskHostConfiguration : IEntityTypeConfiguration<TaskHost>
{
    public void Configure(EntityTypeBuilder<TaskHost> builder)
    {
        builder.ToTable("task_hosts");
        builder.Property(x => x.TaskId).HasMaxLength(50);
        builder.HasOne<AutomationTask>().WithMany().HasForeignKey(x => x.TaskId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.HostId).HasMaxLength(50);
        builder.HasOne<Host>().WithMany().HasForeignKey(x => x.HostId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(x => x.HostName).HasMaxLength(255);
        builder.Property(x => x.Ok).HasDefault(0);
        builder.Property(x => x.Changed).HasDefault(0);
        builder.Property(x => x.Failed).HasDefault(0);
        builder.Property(x => x.Unreachable).HasDefault(0);
        builder.Property(x => x.Skipped).HasDefault(0);
        builder.Property(x => x.Rescued).HasDefault(0);
        builder.Property(x => x.Ignored).HasDefault(0);
    }
}
