using System.Globalization;
using System.Linq.Expressions;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>A user as admins and programs see one; see <see cref="User"/> for the fields.</summary>
public sealed record UserRecord(
    int Id,
    string Username,
    string? Email,
    string? DisplayName,
    UserRole Role,
    bool IsActive,
    bool IsSuperuser,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime? LastLogin,
    DateTime? PasswordChangedAt);

/// <summary>A user to be added. A role must be chosen.</summary>
public sealed record UserInput(string? Username, string? Password, UserRole? Role, string? Email = null, string? DisplayName = null);

/// <summary>What is to be changed of a user: null stays as it is, an empty email or display name is taken away.</summary>
public sealed record UserChange(string? Email = null, string? DisplayName = null, UserRole? Role = null, bool? IsActive = null, string? Password = null);

/// <summary>The users: what pages and endpoints call. A user changed in role, password or activity is signed out everywhere.</summary>
public sealed class UserService(
    IDbContextFactory<HomelabDbContext> databases, PasswordCheck passwords, AccountDirectory directory, ActivityLog log, Access access, TimeProvider time)
{
    private static readonly Expression<Func<User, UserRecord>> Record = u => new UserRecord(
        u.Id, u.Username, u.Email, u.DisplayName, u.Role, u.IsActive, u.IsSuperuser, u.CreatedAt, u.UpdatedAt, u.LastLogin, u.PasswordChangedAt);

    private static readonly Func<User, UserRecord> ToRecord = Record.Compile();

    private static Problem LastAdmin => new("LAST_ADMIN", "This is the last active admin. Make somebody else an admin first.");

    /// <summary>Needs users:read. In the order in which they were added.</summary>
    public async Task<Page<UserRecord>> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.UsersRead);
        var after = int.TryParse(query.After, CultureInfo.InvariantCulture, out var id) ? id : 0;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<User>().AsNoTracking().Where(u => u.Id > after).OrderBy(u => u.Id).Take(query.Take + 1).Select(Record).ToListAsync(cancellationToken);
        return query.PageOf(rows, u => u.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Needs users:read.</summary>
    public async Task<Result<UserRecord>> GetAsync(int id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.UsersRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var user = await db.Set<User>().AsNoTracking().Where(u => u.Id == id).Select(Record).FirstOrDefaultAsync(cancellationToken);
        return user is null ? Problem.NotFound("user") : user;
    }

    /// <summary>Needs users:write, and for an admin the scope admin. <c>VALIDATION_FAILED</c> by field, or <c>USER_EXISTS</c>.</summary>
    public async Task<Result<UserRecord>> AddAsync(UserInput input)
    {
        var caller = await access.RequireAsync(Scopes.UsersWrite);
        var rules = new AccountRules()
            .Username(input.Username)
            .Password(input.Password, input.Username)
            .Email(input.Email)
            .DisplayName(input.DisplayName)
            .Check("role", input.Role is not null, "Choose a role: admin, operator or viewer.");
        if (rules.Problem is { } problem)
        {
            return problem;
        }

        RequireAll(caller, input.Role!.Value);
        var user = Make(input.Username!, passwords.Hash(input.Password!), input.Role.Value, time.GetUtcNow().UtcDateTime);
        (user.Email, user.DisplayName) = (NullIfEmpty(input.Email), NullIfEmpty(input.DisplayName));
        await using (var db = await databases.CreateDbContextAsync())
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            if (await db.Set<User>().AnyAsync(u => u.Username == user.Username))
            {
                return new Problem("USER_EXISTS", $"There is a user {user.Username} already.");
            }

            db.Add(user);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await directory.ReloadAsync(user.Id);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{caller.Username} added the user {user.Username}.", details: new { By = caller.UserId, UserId = user.Id, Role = EnumWords<UserRole>.Of(user.Role) });
        return ToRecord(user);
    }

    /// <summary>Needs users:write, and for an admin the scope admin. <c>VALIDATION_FAILED</c> by field, <c>NOT_FOUND</c> or <c>LAST_ADMIN</c>.</summary>
    public async Task<Result<UserRecord>> UpdateAsync(int id, UserChange change)
    {
        var caller = await access.RequireAsync(Scopes.UsersWrite);
        await using var db = await databases.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Set<User>().FirstOrDefaultAsync(u => u.Id == id) is not { } user)
        {
            return Problem.NotFound("user");
        }

        var rules = new AccountRules().Email(change.Email).DisplayName(change.DisplayName);
        if (change.Password is not null)
        {
            rules.Password(change.Password, user.Username);
        }

        if (rules.Problem is { } problem)
        {
            return problem;
        }

        RequireAll(caller, user.Role);
        RequireAll(caller, change.Role ?? user.Role);
        var (role, isActive) = (change.Role ?? user.Role, change.IsActive ?? user.IsActive);
        if ((role != UserRole.Admin || !isActive) && await IsLastAdminAsync(db, user))
        {
            return LastAdmin;
        }

        var mustSignInAgain = role != user.Role || isActive != user.IsActive || change.Password is not null;
        (user.Role, user.IsSuperuser, user.IsActive) = (role, role == UserRole.Admin, isActive);
        user.Email = change.Email is null ? user.Email : NullIfEmpty(change.Email);
        user.DisplayName = change.DisplayName is null ? user.DisplayName : NullIfEmpty(change.DisplayName);
        if (change.Password is not null)
        {
            user.HashedPassword = passwords.Hash(change.Password);
            user.PasswordChangedAt = time.GetUtcNow().UtcDateTime;
            await db.Set<ApiToken>().Where(t => t.UserId == id).ExecuteDeleteAsync();
        }

        if (mustSignInAgain)
        {
            await db.Set<SignIn>().Where(s => s.UserId == id).ExecuteDeleteAsync();
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        await directory.ReloadAsync(id);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{caller.Username} changed the user {user.Username}.", details: new
        {
            By = caller.UserId,
            UserId = id,
            Role = EnumWords<UserRole>.Of(user.Role),
            user.IsActive,
            PasswordReset = change.Password is not null,
        });
        return ToRecord(user);
    }

    /// <summary>Needs users:write, and for an admin the scope admin. Soft: what the user did stays readable. <c>NOT_FOUND</c> or <c>LAST_ADMIN</c>.</summary>
    public async Task<Result> DeleteAsync(int id)
    {
        var caller = await access.RequireAsync(Scopes.UsersWrite);
        await using var db = await databases.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Set<User>().FirstOrDefaultAsync(u => u.Id == id) is not { } user)
        {
            return Problem.NotFound("user");
        }

        RequireAll(caller, user.Role);
        if (await IsLastAdminAsync(db, user))
        {
            return LastAdmin;
        }

        user.IsActive = false;
        user.DeletedAt = time.GetUtcNow().UtcDateTime;
        await db.Set<ApiToken>().Where(t => t.UserId == id).ExecuteDeleteAsync();
        await db.Set<SignIn>().Where(s => s.UserId == id).ExecuteDeleteAsync();
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        await directory.ReloadAsync(id);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{caller.Username} deleted the user {user.Username}.", details: new { By = caller.UserId, UserId = id });
        return Result.Ok;
    }

    internal static User Make(string username, string hashedPassword, UserRole role, DateTime now) => new()
    {
        Username = username,
        HashedPassword = hashedPassword,
        Role = role,
        IsSuperuser = role == UserRole.Admin,
        PasswordChangedAt = now,
    };

    private static async Task<bool> IsLastAdminAsync(HomelabDbContext db, User user) =>
        user is { Role: UserRole.Admin, IsActive: true }
        && !await db.Set<User>().AnyAsync(u => u.Id != user.Id && u.Role == UserRole.Admin && u.IsActive);

    /// <summary>Nobody gives, or takes over, what they do not have: a token with users:write alone makes no admin.</summary>
    private static void RequireAll(Caller caller, UserRole role)
    {
        if (!Scopes.Of(role).All(caller.Has))
        {
            throw new AccessDeniedException(Scopes.Of(role).First(s => !caller.Has(s)));
        }
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
