namespace HomelabDashboard.Features.Metrics;

/// <summary>Reads every temperature that the kernel shows: of hwmon, or of the thermal zones where there is none.</summary>
internal static class Sensors
{
    private const int Most = 64;

    public static IReadOnlyList<TemperatureReading> Read(IReadOnlyDictionary<string, List<string>> files)
    {
        string? First(string path) => files.TryGetValue(path, out var lines) ? ProcFigures.Clean(lines[0], 64) : null;
        double? Celsius(string path) => ProcFigures.Number(First(path)) is { } thousandths and > -50_000 and < 200_000 and not 0 ? Math.Round(thousandths / 1000, 1) : null;

        var found = new List<TemperatureReading>();
        foreach (var path in files.Keys.Where(p => p.StartsWith("/sys/class/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var folder = path[..(path.LastIndexOf('/') + 1)];
            if (path.EndsWith("_input", StringComparison.Ordinal) && Celsius(path) is { } degrees)
            {
                var sensor = path[..^"input".Length];
                found.Add(new(First(folder + "name") ?? "sensor", First(sensor + "label"), degrees, Celsius(sensor + "crit")));
            }
            else if (path.EndsWith("/temp", StringComparison.Ordinal) && Celsius(path) is { } zone)
            {
                found.Add(new(First(folder + "type") ?? "zone", null, zone, null));
            }
        }

        return [.. found.Take(Most)];
    }
}
