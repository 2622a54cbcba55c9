using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>Where the files of a Compose project are, as its containers' labels say. Each path is absolute and free of control characters.</summary>
/// <param name="Files">At least one; each is YAML by its name.</param>
/// <param name="EnvFile">Null: the <c>.env</c> of the folder, where there is one.</param>
public sealed partial record StackDefinition(string WorkingDir, IReadOnlyList<string> Files, string? EnvFile)
{
    private const int LongestPath = 4096;
    private const int MostFiles = 8;

    /// <summary>A project's name as Compose allows it.</summary>
    public static bool IsName(string? name) => name is not null && Name().IsMatch(name);

    /// <summary>
    /// Labels are anybody's: an image can bring its own. So a file that does not look like YAML is not taken for one, lest a container
    /// has the dashboard show what is in some other file of its host.
    /// </summary>
    /// <returns>Null where the labels do not say it, or say something impossible.</returns>
    public static StackDefinition? Of(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.GetValueOrDefault("com.docker.compose.project.working_dir") is not { } folder || !IsPath(folder)
            || labels.GetValueOrDefault("com.docker.compose.project.config_files") is not { Length: > 0 } list)
        {
            return null;
        }

        var files = list.Split(',').Select(f => f.StartsWith('/') ? f : $"{folder.TrimEnd('/')}/{f}").ToList();
        var environment = labels.GetValueOrDefault("com.docker.compose.project.environment_file") is { Length: > 0 } file ? file : null;
        return files.Count <= MostFiles && files.All(f => IsPath(f) && (f.EndsWith(".yml", StringComparison.Ordinal) || f.EndsWith(".yaml", StringComparison.Ordinal)))
            && (environment is null || IsPath(environment))
            ? new(folder, files, environment)
            : null;
    }

    public bool IsSame(StackDefinition other) => WorkingDir == other.WorkingDir && EnvFile == other.EnvFile && Files.SequenceEqual(other.Files, StringComparer.Ordinal);

    private static bool IsPath(string path) => path.StartsWith('/') && path.Length <= LongestPath && !path.Any(char.IsControl);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{0,254}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
