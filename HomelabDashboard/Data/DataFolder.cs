namespace HomelabDashboard.Data;

/// <summary>The one folder that the program writes to. It and what is in it are its owner's alone.</summary>
public sealed class DataFolder
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode FileOwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="path">Made where it is missing; a relative one is taken from the working folder.</param>
    /// <exception cref="DataFolderException">It cannot be made.</exception>
    public DataFolder(string path)
    {
        Root = Path.GetFullPath(path);
        Make(Root);
    }

    public string Root { get; }

    public string Database => Path.Combine(Root, "homelab.db");

    /// <summary>A folder in the data folder, made where it is missing, for its owner alone.</summary>
    /// <exception cref="DataFolderException">It cannot be made.</exception>
    public string Folder(string name)
    {
        var folder = Path.Combine(Root, name);
        Make(folder);
        return folder;
    }

    internal static DataFolderException Unusable(string path, Exception reason) => new(
        $"The data folder {path} cannot be written to: {reason.Message} Give the dashboard's user the rights, or set HOMELAB_DATA_DIR.", reason);

    private static void Make(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, refused);
        }
    }
}
