namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>What somebody signs in with once. Nothing prints it.</summary>
public abstract class SshSecret
{
    private SshSecret()
    {
    }

    public sealed override string ToString() => "(secret)";

    public sealed class Password(string text) : SshSecret
    {
        /// <summary>One line.</summary>
        public string Text => text;
    }

    public sealed class PrivateKey(string text) : SshSecret
    {
        /// <summary>As in a key file, without a passphrase.</summary>
        public string Text => text;
    }
}
