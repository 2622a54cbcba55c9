namespace HomelabDashboard.Infrastructure.Ttyd;

/// <summary>
/// The folder for ttyd's sockets. Only its owner may enter it, and that is what keeps everybody else away from the shells behind them.
/// </summary>
public sealed class TtydRunFolder : IDisposable
{
    /// <summary>The longest path that every system takes for a UNIX socket.</summary>
    private const int MaxSocketPath = 103;
    private const int MaxFileName = 40;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _entry;

    /// <param name="path">Made anew, so that nothing of an earlier run is left in it. Where it is too long for a socket it becomes a link to a temporary folder.</param>
    public TtydRunFolder(string path)
    {
        _entry = System.IO.Path.GetFullPath(path);
        Remove();
        if (System.Text.Encoding.UTF8.GetByteCount(_entry) + 1 + MaxFileName <= MaxSocketPath)
        {
            Path = _entry;
            Directory.CreateDirectory(Path, OwnerOnly);
        }
        else
        {
            Path = Directory.CreateTempSubdirectory("homelab-").FullName;
            Directory.CreateSymbolicLink(_entry, Path);
        }
    }

    public string Path { get; }

    public void Dispose() => Remove();

    private void Remove()
    {
        var entry = new DirectoryInfo(_entry);
        if (entry.LinkTarget is { } target && Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        if (entry.Exists || entry.LinkTarget is not null)
        {
            entry.Delete(recursive: entry.LinkTarget is null);
        }
    }
}
