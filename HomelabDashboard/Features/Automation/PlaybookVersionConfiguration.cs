using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Automation;

public sealed class PlaybookVersionConfiguration : IEntityTypeConfiguration<PlaybookVersion>
{
    public void Configure(EntityTypeBuilder<PlaybookVersion> builder)
    {
        builder.ToTable("playbook_versions");
        builder.Property(x => x.Filename).HasMaxLength(255);
        builder.HasIndex(x => new { x.Filename, x.Id }).HasDatabaseName("ix_playbook_versions_filename");
        builder.Property(x => x.ContentHash).HasMaxLength(64);
        builder.Property(x => x.SavedBy).HasMaxLength(50);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
    }
}
