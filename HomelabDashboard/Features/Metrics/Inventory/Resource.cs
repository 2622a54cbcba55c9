namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>The scripts that are part of the program.</summary>
internal static class Resource
{
    public static string ReadText(string name)
    {
        using var stream = typeof(Resource).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
