using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>Preparing hosts: what pages and endpoints call.</summary>
public sealed class BootstrapService(Access access, HostBoard hosts, BootstrapBoard board, BootstrapSecrets secrets, OperationQueue operations)
{
    private const int LongestPassword = 256;
    private const int LongestKey = 16 * 1024;
    private const string UserMessage = "A user has 1 to 32 letters, digits, dots, hyphens and underscores, and starts with a letter or underscore.";

    /// <summary>Needs hosts:read. The last attempt of each host by its id; a host that was never prepared has none.</summary>
    public async ValueTask<LiveStore<string, BootstrapRecord>> LiveAsync()
    {
        await access.RequireAsync(Scopes.HostsRead);
        return board.Live;
    }

    /// <summary>
    /// Needs hosts:write. Prepares a host: a user that the dashboard's key lets in and that may become root without a password.
    /// The secret is used once, and is never stored or logged. What is there already is left as it is.
    /// </summary>
    /// <returns><c>HOST_KEY_NOT_APPROVED</c>; <c>OPERATION_OPEN</c> while one is under way.</returns>
    public async Task<Result<OperationRecord>> StartAsync(string hostId, BootstrapInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.HostsWrite);
        if (hosts.Live.Get(hostId) is not { } host)
        {
            return Problem.NotFound("host");
        }

        var automationUser = string.IsNullOrWhiteSpace(input.AutomationUser) ? host.SshUser : input.AutomationUser;
        if (Check(input, automationUser) is { Count: > 0 } errors)
        {
            return Problem.Invalid(errors);
        }

        if (!host.HostKeyApproved)
        {
            return new Problem("HOST_KEY_NOT_APPROVED", $"Approve the host key of {host.Name} first: a password is only given to a host that is known.");
        }

        SshSecret secret = input.Password is { Length: > 0 } password ? new SshSecret.Password(password) : new SshSecret.PrivateKey(input.PrivateKey!);
        if (!secrets.Put(hostId, new BootstrapOrder(input.Username!, secret, automationUser)))
        {
            return new Problem("OPERATION_OPEN", $"{host.Name} is being prepared already.");
        }

        var operation = await operations.EnqueueAsync(BootstrapOperation.KindWord, $"host:{hostId}", hostId, caller.Username, cancellationToken);
        if (!operation.Succeeded)
        {
            secrets.Take(hostId);
        }

        return operation;
    }

    private static Dictionary<string, string[]> Check(BootstrapInput input, string automationUser)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (input.Username is null || !SshHostEntry.IsUser(input.Username))
        {
            errors["username"] = [UserMessage];
        }

        if (!SshHostEntry.IsUser(automationUser))
        {
            errors["automation_user"] = [UserMessage];
        }

        var (password, key) = (input.Password is { Length: > 0 }, !string.IsNullOrWhiteSpace(input.PrivateKey));
        if (password == key)
        {
            errors["password"] = ["Give either a password or a private key."];
        }
        else if (password && (input.Password!.Length > LongestPassword || input.Password.Any(char.IsControl)))
        {
            errors["password"] = [$"A password is one line of at most {LongestPassword} characters."];
        }
        else if (key && (input.PrivateKey!.Length > LongestKey || !input.PrivateKey.TrimStart().StartsWith("-----BEGIN ", StringComparison.Ordinal)))
        {
            errors["private_key"] = ["Paste the whole file of a private key; it starts with -----BEGIN."];
        }

        return errors;
    }
}
