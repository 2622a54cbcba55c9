using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Data;

namespace HomelabDashboard.Features.Automation;

/// <summary>
/// The folder with the playbooks. Only plain files with a playbook's name are seen there: what leads elsewhere by a link is
/// not followed. The first start writes a few to begin with.
/// </summary>
public sealed class PlaybookFolder
{
    public const int LargestPlaybook = 512 * 1024;

    internal static readonly Problem TooLarge = new(
        "PAYLOAD_TOO_LARGE", $"This playbook has more than {LargestPlaybook / 1024} KiB, too much to be shown or changed here; it can be run. Change or remove it in the playbooks folder.");

    private const string StarterPrefix = "starter/";

    /// <param name="root">Made, and given the first playbooks, where it is missing.</param>
    public PlaybookFolder(string root)
    {
        Root = Path.GetFullPath(root);
        if (Directory.Exists(Root))
        {
            return;
        }

        Directory.CreateDirectory(Root, DataFolder.OwnerOnly);
        foreach (var starter in Starters)
        {
            using var text = typeof(PlaybookFolder).Assembly.GetManifestResourceStream(StarterPrefix + starter)!;
            using var file = Create(Path.Combine(Root, starter));
            text.CopyTo(file);
        }
    }

    /// <summary>The names of the playbooks that a first start writes.</summary>
    public static IEnumerable<string> Starters => typeof(PlaybookFolder).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(StarterPrefix, StringComparison.Ordinal)).Select(n => n[StarterPrefix.Length..]).Order(StringComparer.Ordinal);

    public string Root { get; }

    public IReadOnlyList<PlaybookFile> List() =>
    [
        .. new DirectoryInfo(Root).EnumerateFiles()
            .Where(f => RunRules.IsPlaybookName(f.Name) && f.LinkTarget is null)
            .OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase)
            .Select(f => new PlaybookFile(f.Name, f.Length, f.LastWriteTimeUtc)),
    ];

    /// <summary>The path of a playbook that is there; null for any other name.</summary>
    public string? Find(string name) => RunRules.IsPlaybookName(name) && new FileInfo(Path.Combine(Root, name)) is { Exists: true, LinkTarget: null } file ? file.FullName : null;

    /// <summary>Whether a link or a folder has the name.</summary>
    internal bool IsTaken(string name) => Directory.Exists(Path.Combine(Root, name)) || new FileInfo(Path.Combine(Root, name)).LinkTarget is not null;

    /// <returns><c>NOT_FOUND</c>, or <c>PAYLOAD_TOO_LARGE</c> for one that somebody has put there.</returns>
    public async Task<Result<PlaybookText>> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } path)
        {
            return Problem.NotFound("playbook");
        }

        if (new FileInfo(path).Length > LargestPlaybook)
        {
            return TooLarge;
        }

        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        return new PlaybookText(name, Encoding.UTF8.GetString(bytes), Hash(bytes));
    }

    /// <summary>Writes it anew, in one step.</summary>
    internal async Task WriteAsync(string name, string content, CancellationToken cancellationToken)
    {
        var next = Path.Combine(Root, $".{name}.new");
        File.Delete(next);
        await using (var file = Create(next))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(content), cancellationToken);
        }

        File.Move(next, Path.Combine(Root, name), overwrite: true);
    }

    internal void Delete(string name) => File.Delete(Path.Combine(Root, name));

    internal static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = DataFolder.FileOwnerOnly,
    });
}

/// <param name="Size">In bytes.</param>
public sealed record PlaybookFile(string Name, long Size, DateTime ModifiedAt);

/// <param name="Hash">SHA-256 in hexadecimal digits: its ETag.</param>
public sealed record PlaybookText(string Name, string Content, string Hash);
