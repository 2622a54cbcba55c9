namespace HomelabDashboard.Data;

/// <summary>
/// Holds the data folder for this program alone, until it is disposed or the program ends, however that comes. To be made before
/// anything in the folder is used. Singleton.
/// </summary>
public sealed class DataLock : IDisposable
{
    /// <summary>EWOULDBLOCK, which .NET on Linux gives as it is when somebody else holds the lock.</summary>
    private const int Held = 11;

    private readonly FileStream _file;

    /// <exception cref="DataFolderException">Another program holds the folder, or it cannot be written to.</exception>
    public DataLock(DataFolder folder)
    {
        try
        {
            _file = new FileStream(Path.Combine(folder.Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (held.HResult == Held)
        {
            throw new DataFolderException($"Another dashboard is using the data folder {folder.Root}. Stop it first, or set HOMELAB_DATA_DIR.", held);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unusable(folder.Root, refused);
        }
    }

    public void Dispose() => _file.Dispose();
}
