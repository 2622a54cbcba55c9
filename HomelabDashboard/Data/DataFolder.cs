namespace HomelabDashboard.Data;

/// <summary>The one folder that the program writes to. It and what is in it are its owner's alone.</summary>
public sealed class DataFolder
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="path">Made where it is missing; a relative one is taken from the working folder.</param>
    public DataFolder(string path)
    {
        Root = Path.GetFullPath(path);
        Directory.CreateDirectory(Root, OwnerOnly);
    }

    public string Root { get; }

    public string Database => Path.Combine(Root, "homelab.db");

    /// <summary>A folder in the data folder, made where it is missing, for its owner alone.</summary>
    public string Folder(string name)
    {
        var folder = Path.Combine(Root, name);
        Directory.CreateDirectory(folder, OwnerOnly);
        return folder;
    }
}
