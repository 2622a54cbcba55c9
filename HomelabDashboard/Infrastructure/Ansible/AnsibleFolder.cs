namespace HomelabDashboard.Infrastructure.Ansible;

/// <summary>
/// What Ansible finds of the dashboard: the callback plugin that tells of a run, and the inventory script with the hosts beside it.
/// Written anew at each start, so that they are of this version.
/// </summary>
public sealed class AnsibleFolder
{
    private const string TemporaryPrefix = "tmp-";
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="root">For this alone; it must be there.</param>
    public AnsibleFolder(string root)
    {
        Root = root;
        Directory.CreateDirectory(Callbacks, Readable | UnixFileMode.UserExecute);
        Write(Path.Combine(Callbacks, "homelab.py"), Resource("homelab.py"), Readable);
        Write(Inventory, Resource("inventory.sh.ansible"), Readable | UnixFileMode.UserExecute);
        foreach (var left in Directory.EnumerateDirectories(root, TemporaryPrefix + "*"))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    public string Root { get; }

    public string Callbacks => Path.Combine(Root, "callback_plugins");

    /// <summary>The dynamic inventory: <c>ansible-playbook -i …/inventory</c>.</summary>
    public string Inventory => Path.Combine(Root, "inventory");

    private string InventoryJson => Path.Combine(Root, "inventory.json");

    /// <summary>Replaces what the inventory script answers, in one step; nothing is written where it says the same already.</summary>
    public async Task WriteInventoryAsync(string json, CancellationToken cancellationToken)
    {
        if (!File.Exists(InventoryJson) || await File.ReadAllTextAsync(InventoryJson, cancellationToken) != json)
        {
            Write(InventoryJson, json, Readable);
        }
    }

    /// <summary>The path of a folder for temporary files, not made yet. Whoever makes it removes it; after a crash the next start does.</summary>
    internal string NewTemporary() => Path.Combine(Root, TemporaryPrefix + ShortId.New());

    private static void Write(string file, string text, UnixFileMode mode)
    {
        var next = file + ".new";
        File.Delete(next);
        using (var stream = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }

        File.Move(next, file, overwrite: true);
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(AnsibleFolder).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
