namespace HomelabDashboard.Infrastructure.Ttyd;

/// <summary>Where this machine's ttyd is.</summary>
public static class TtydProgram
{
    /// <param name="configured">A path from the settings, which then is the only one looked at; null or empty to search.</param>
    /// <returns>
    /// The one on PATH, else the private one that <c>build/ttyd/setup.sh</c> puts into <c>.tools/ttyd</c> of the repository that the
    /// program runs from; null where there is none.
    /// </returns>
    public static string? Find(string? configured)
    {
        if (!string.IsNullOrEmpty(configured))
        {
            return File.Exists(configured) ? Path.GetFullPath(configured) : null;
        }

        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "ttyd"));
        return onPath.Concat(Private()).FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> Private()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, ".tools", "ttyd", "ttyd");
        }
    }
}
