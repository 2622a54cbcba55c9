using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>The steps of preparing a host, and what their endings mean to a person.</summary>
public static class BootstrapWords
{
    public const string SignIn = "sign_in";
    public const string BecomeRoot = "become_root";
    public const string CreateUser = "create_user";
    public const string InstallKey = "install_key";
    public const string AllowRoot = "allow_root";
    public const string Check = "check";

    /// <summary>In order.</summary>
    public static readonly IReadOnlyList<string> Steps = [SignIn, BecomeRoot, CreateUser, InstallKey, AllowRoot, Check];

    /// <summary>What a step is, such as <c>Create the user</c>.</summary>
    public static string Of(string step, string automationUser) => step switch
    {
        SignIn => "Sign in",
        BecomeRoot => "Become root",
        CreateUser => $"Create the user {automationUser}",
        InstallKey => "Install the dashboard's key",
        AllowRoot => "Let it become root without a password",
        Check => "Sign in with the dashboard's key",
        _ => step,
    };

    /// <param name="found">The script's word: <c>added</c>, <c>present</c> or <c>root</c>.</param>
    internal static string? Done(string step, string found) => (step, found) switch
    {
        (CreateUser, "added") => "Created.",
        (CreateUser, _) => "It is there already.",
        (InstallKey, "added") => "Added.",
        (InstallKey, _) => "It is there already.",
        (AllowRoot, "root") => "It is root.",
        (AllowRoot, "added") => "Allowed.",
        (AllowRoot, _) => "It is allowed already.",
        _ => null,
    };

    internal static string SignInFailed(SshFailure failure, HostSummary host, string username, SshSecret secret) => failure.Kind == SshFailureKind.KeyRefused
        ? secret is SshSecret.Password
            ? $"{host.Name} did not take this password for {username}. Check both; where its sshd takes no passwords (as for root on most systems), use another user or a key."
            : $"{host.Name} did not take this key for {username}. Check the user, and that its public half is in {username}'s ~/.ssh/authorized_keys."
        : HostWords.Of(failure, host);

    internal static string CheckFailed(SshFailure failure, HostSummary host, string user) => failure.Kind == SshFailureKind.KeyRefused
        ? $"The key is in place, but {host.Name} refuses it for {user}. Look into its sshd_config: PubkeyAuthentication, AuthorizedKeysFile, AllowUsers and AllowGroups decide about that."
        : HostWords.Of(failure, host);

    /// <param name="word">The script's word for what went wrong.</param>
    /// <param name="detail">What the host's own program said.</param>
    internal static string Failed(string word, string? detail, HostSummary host, string username, string automationUser)
    {
        var said = detail is { Length: > 0 } ? $" It said: {detail}" : "";
        return word switch
        {
            "not_root" => $"{username} is not root on {host.Name}, and there is no sudo there. Sign in as root, or install sudo.",
            "sudo_asks" => $"sudo on {host.Name} asks {username} for a password. Give the password in place of the key.",
            "sudo_refused" => $"sudo on {host.Name} did not let {username} become root.{said} Sign in as a user who may, or as root.",
            "no_useradd" => $"{host.Name} has neither useradd nor adduser. Create the user {automationUser} there by hand, and start this again.",
            "locked" => $"The account {automationUser} on {host.Name} is locked, and could not be opened for keys. Run usermod -p '*' {automationUser} there.",
            "no_home" => $"{automationUser} has no home folder on {host.Name}. Give it one, and start this again.",
            "no_sudo" => $"{host.Name} has neither sudo nor doas, so {automationUser} cannot become root. Install sudo (apt install sudo, apk add sudo), or name root as the automation user.",
            "sudoers" => $"What lets {automationUser} become root could not be written on {host.Name}. Is its /etc writable?",
            "sudo_refuses" => $"{automationUser} may become root by a file that was written, but {host.Name} still refuses.{said} See that /etc/sudoers reads /etc/sudoers.d.",
            _ => $"A command on {host.Name} failed.{said}",
        };
    }
}
