using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>The caller, as the caller sees it.</summary>
public sealed record Me(int Id, string Username, string? DisplayName, string? Email, UserRole Role, IReadOnlyList<string> Scopes);

/// <summary>One's own account: what pages and endpoints call.</summary>
public sealed class AccountService(
    IDbContextFactory<HomelabDbContext> databases, PasswordCheck passwords, AccountDirectory directory, ActivityLog log, Access access, TimeProvider time)
{
    public async Task<Me> GetAsync(CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var user = await db.Set<User>().AsNoTracking().Where(u => u.Id == caller.UserId)
            .Select(u => new { u.DisplayName, u.Email }).SingleAsync(cancellationToken);
        return new(caller.UserId, caller.Username, user.DisplayName, user.Email, caller.Role, [.. caller.Scopes.Order(StringComparer.Ordinal)]);
    }

    /// <summary>An empty display name or email is taken away. <c>VALIDATION_FAILED</c> by field.</summary>
    public async Task<Result> UpdateAsync(string? displayName, string? email)
    {
        var caller = await RequireBrowserAsync();
        if (new AccountRules().DisplayName(displayName).Email(email).Problem is { } problem)
        {
            return problem;
        }

        await using var db = await databases.CreateDbContextAsync();
        var user = await db.Set<User>().SingleAsync(u => u.Id == caller.UserId);
        user.DisplayName = string.IsNullOrWhiteSpace(displayName) ? null : displayName.Trim();
        user.Email = string.IsNullOrWhiteSpace(email) ? null : email.Trim();
        await db.SaveChangesAsync();
        return Result.Ok;
    }

    /// <summary>Ends every other sign-in of the caller. <c>VALIDATION_FAILED</c> by field, or <c>RATE_LIMITED</c>.</summary>
    public async Task<Result> ChangePasswordAsync(string present, string wanted)
    {
        var caller = await RequireBrowserAsync();
        if (new AccountRules().Password(wanted, caller.Username, "new_password").Problem is { } problem)
        {
            return problem;
        }

        await using var db = await databases.CreateDbContextAsync();
        var user = await db.Set<User>().SingleAsync(u => u.Id == caller.UserId);
        var check = passwords.CheckAgain(user, present, "present_password");
        if (!check.Succeeded)
        {
            return check;
        }

        user.HashedPassword = passwords.Hash(wanted);
        user.PasswordChangedAt = time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync();
        await db.Set<SignIn>().Where(s => s.UserId == caller.UserId && s.Id != caller.SignInId).ExecuteDeleteAsync();
        await directory.ReloadAsync(caller.UserId);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{caller.Username} changed the own password.", details: new { caller.UserId });
        return Result.Ok;
    }

    /// <summary>A token does not change the account that it belongs to.</summary>
    private async Task<Caller> RequireBrowserAsync() =>
        await access.RequireAsync() is { SignInId: not null } caller ? caller : throw new AccessDeniedException(Scopes.Admin);
}
