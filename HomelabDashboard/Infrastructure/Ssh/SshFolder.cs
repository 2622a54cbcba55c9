using System.Buffers;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>Where OpenSSH finds what it needs: config, known hosts and key in one folder, control sockets in another.</summary>
public sealed class SshFolder : IDisposable
{
    /// <summary>A UNIX socket's path has room for 107 characters, and ssh binds a temporary name 17 longer before it renames it.</summary>
    private const int LongestControlPath = 103 - 17;

    /// <summary>Folders that are used for one login and must not outlive it.</summary>
    internal const string OncePrefix = "once-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly SearchValues<char> Unwritable = SearchValues.Create("\"$%\n\r\0");

    private readonly string _sockets;

    /// <param name="folder">For this program alone; made where it is missing. Sockets that an earlier run left are removed.</param>
    /// <exception cref="InvalidOperationException">The path cannot be written in an ssh config.</exception>
    public SshFolder(string folder)
    {
        if (folder.AsSpan().ContainsAny(Unwritable))
        {
            throw new InvalidOperationException($"The data folder's path must not hold quotes, $, % or line breaks, because OpenSSH's config cannot: {folder}");
        }

        Root = Directory.CreateDirectory(folder, OwnerOnly).FullName;
        _sockets = MakeSocketFolder(Path.Combine(Root, "run"));
        foreach (var left in Directory.EnumerateDirectories(Root, "scan-*").Concat(Directory.EnumerateDirectories(Root, OncePrefix + "*")))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    public string Root { get; }

    public string Config => Path.Combine(Root, "config");

    public string KnownHosts => Path.Combine(Root, "known_hosts");

    public string PrivateKey => Path.Combine(Root, "id_ed25519");

    public string PublicKey => Path.Combine(Root, "id_ed25519.pub");

    /// <summary>The control socket of a host's shared connection.</summary>
    public string ControlSocket(string alias) => Path.Combine(_sockets, alias);

    public void Dispose() => RemoveSocketFolder(Path.Combine(Root, "run"));

    private static string MakeSocketFolder(string run)
    {
        RemoveSocketFolder(run);
        if (run.Length + 1 + SshHostEntry.LongestAlias <= LongestControlPath)
        {
            return Directory.CreateDirectory(run, OwnerOnly).FullName;
        }

        // Too long for a socket: a folder elsewhere, and a link that lets the next start find and remove it.
        var elsewhere = Directory.CreateTempSubdirectory("homelab-");
        Directory.CreateSymbolicLink(run, elsewhere.FullName);
        return elsewhere.FullName;
    }

    private static void RemoveSocketFolder(string run)
    {
        var link = new DirectoryInfo(run);
        if (link.LinkTarget is { } target)
        {
            if (Directory.Exists(target))
            {
                Directory.Delete(target, recursive: true);
            }

            File.Delete(run);
        }
        else if (link.Exists)
        {
            link.Delete(recursive: true);
        }
    }
}
