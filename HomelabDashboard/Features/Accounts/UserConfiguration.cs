using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Accounts;

public sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users");
        builder.Property(x => x.Username).HasMaxLength(50).UseCollation("NOCASE");
        builder.Property(x => x.Email).HasMaxLength(255);
        builder.Property(x => x.HashedPassword).HasMaxLength(255);
        builder.Property(x => x.Role).HasMaxLength(20).HasDefault(UserRole.Admin);
        builder.Property(x => x.IsActive).HasDefault(true);
        builder.Property(x => x.IsSuperuser).HasDefault(false);
        builder.Property(x => x.DisplayName).HasMaxLength(100);
        builder.HasIndex(x => x.Username).IsUnique().HasFilter("deleted_at IS NULL").HasDatabaseName("ix_users_username");
        builder.HasQueryFilter(x => x.DeletedAt == null);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.UpdatedAt).HasDefaultNow();
    }
}
