namespace HomelabDashboard.Infrastructure.Ssh;

public enum SshFailureKind
{
    /// <summary>The host let nobody in with the key it was shown.</summary>
    KeyRefused,

    /// <summary>The host proved itself with another key than the pinned one.</summary>
    HostKeyChanged,
    ConnectionRefused,
    TimedOut,
    NameNotFound,
    NoRoute,

    /// <summary>The host answered and then closed the connection before anybody was let in.</summary>
    Rejected,

    /// <summary>The connection was there and is gone.</summary>
    Lost,

    /// <summary>The private key that was given is none, or has a passphrase.</summary>
    KeyUnreadable,
    Other,
}

/// <summary>Why there is no connection.</summary>
/// <param name="Detail">The last line that ssh wrote, cut to a bearable length; for a log.</param>
public sealed record SshFailure(SshFailureKind Kind, string Detail)
{
    private const int LongestDetail = 300;

    private static readonly (string Words, SshFailureKind Kind)[] Signs =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", SshFailureKind.HostKeyChanged),
        ("Host key verification failed", SshFailureKind.HostKeyChanged),
        ("no matching host key type found", SshFailureKind.HostKeyChanged),
        ("Permission denied", SshFailureKind.KeyRefused),
        ("Too many authentication failures", SshFailureKind.KeyRefused),
        ("Connection refused", SshFailureKind.ConnectionRefused),
        ("timed out", SshFailureKind.TimedOut),
        ("Could not resolve hostname", SshFailureKind.NameNotFound),
        ("Name or service not known", SshFailureKind.NameNotFound),
        ("No route to host", SshFailureKind.NoRoute),
        ("Network is unreachable", SshFailureKind.NoRoute),
        ("Connection closed by", SshFailureKind.Rejected),
        ("Connection reset", SshFailureKind.Rejected),
        ("kex_exchange_identification", SshFailureKind.Rejected),
    ];

    /// <summary>Reads what ssh wrote on standard error before it gave up.</summary>
    public static SshFailure FromErrors(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var detail = lines.Length == 0 ? "" : lines[^1].Length > LongestDetail ? lines[^1][..LongestDetail] : lines[^1];
        foreach (var (words, kind) in Signs)
        {
            if (errors.Contains(words, StringComparison.Ordinal))
            {
                return new SshFailure(kind, detail);
            }
        }

        return new SshFailure(SshFailureKind.Other, detail);
    }
}
