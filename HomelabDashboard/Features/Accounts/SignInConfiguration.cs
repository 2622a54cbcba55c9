using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HomelabDashboard.Features.Accounts;

public sealed class SignInConfiguration : IEntityTypeConfiguration<SignIn>
{
    public void Configure(EntityTypeBuilder<SignIn> builder)
    {
        builder.ToTable("sign_ins");
        builder.Property(x => x.Id).HasMaxLength(50);
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(x => x.Address).HasMaxLength(50);
        builder.Property(x => x.UserAgent).HasMaxLength(255);
        builder.Property(x => x.CreatedAt).HasDefaultNow();
        builder.Property(x => x.LastSeenAt).HasDefaultNow();
    }
}
