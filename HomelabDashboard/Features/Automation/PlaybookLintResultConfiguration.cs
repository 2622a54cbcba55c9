using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Automation;

public sealed class PlaybookLintResultConfiguration : IEntityTypeConfiguration<PlaybookLintResult>
{
    public void Configure(EntityTypeBuilder<PlaybookLintResult> builder)
    {
        builder.ToTable("playbook_lint_results");
        builder.Property(x => x.Filename).HasMaxLength(255);
        builder.Property(x => x.QualityScore).HasDefault(100);
        builder.Property(x => x.TotalIssues).HasDefault(0);
        builder.Property(x => x.ErrorsCount).HasDefault(0);
        builder.Property(x => x.WarningsCount).HasDefault(0);
        builder.Property(x => x.ExecutionTimeMs).HasDefault(0);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
