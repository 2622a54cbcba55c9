using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Docker;

/// <param name="Key">Such as <c>jellyfin</c> or <c>mdi-server</c>.</param>
/// <param name="Color">The service's own, as <c>#rrggbb</c>; null for a general icon.</param>
public sealed record ServiceIcon(string Key, string? Color);

/// <summary>The icons of services and things that are shipped with the dashboard, by the names that people know them by. Singleton.</summary>
public sealed partial class ServiceIcons(IWebHostEnvironment environment)
{
    private const int LongestName = 255;

    private readonly Lazy<Pack> _pack = new(() => Pack.Read(environment.WebRootFileProvider.GetFileInfo("dist/service-icons.txt")));

    /// <summary>
    /// The icon that a name means, also one as other dashboards write it: <c>jellyfin.png</c>, <c>si-jellyfin</c>, <c>mdi-server-#ff0000</c>,
    /// <c>Home Assistant</c>. Null where there is none.
    /// </summary>
    /// <param name="name">Of anybody's.</param>
    public ServiceIcon? Find(string? name)
    {
        if (name is null || name.Length > LongestName)
        {
            return null;
        }

        var key = Decoration().Replace(name.Trim().ToLowerInvariant(), "");
        return _pack.Value.Find(key.StartsWith("mdi-", StringComparison.Ordinal) ? key : Signs().Replace(key, ""));
    }

    /// <summary>What a container most likely is: by its label <c>homepage.icon</c>, its image, its service in a project, or its name.</summary>
    public ServiceIcon? Guess(ContainerSummary container)
    {
        foreach (var name in (string?[])[container.Labels.GetValueOrDefault("homepage.icon"), .. ImageNames(container.Image), container.ComposeService, container.Name])
        {
            if (Find(name) is { } icon)
            {
                return icon;
            }
        }

        return null;
    }

    /// <summary>Icons whose names hold a text; those that begin with it first.</summary>
    public IReadOnlyList<ServiceIcon> Search(string text, int most)
    {
        var key = text.Trim().ToLowerInvariant();
        key = key.StartsWith("mdi", StringComparison.Ordinal) ? key : Signs().Replace(key, "-").Trim('-');
        return key.Length == 0 ? [] : [.. _pack.Value.Keys
            .Where(k => k.Contains(key, StringComparison.Ordinal) || (!k.StartsWith("mdi-", StringComparison.Ordinal) && k.Contains(Signs().Replace(key, ""), StringComparison.Ordinal)))
            .OrderBy(k => !k.StartsWith(key, StringComparison.Ordinal)).ThenBy(k => k.Length).ThenBy(k => k, StringComparer.Ordinal)
            .Take(most).Select(k => _pack.Value.Find(k)!)];
    }

    /// <summary>An icon as an SVG of one colour, to be laid over a colour as a mask; null where there is none of that key.</summary>
    public string? Svg(string key) => _pack.Value.Shape(key) is { } shape
        ? $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{shape}"/></svg>"""
        : null;

    /// <summary>From the last part of a path on: <c>ghcr.io/paperless-ngx/paperless-ngx:2</c> gives <c>paperless-ngx</c>, then its parts from the left.</summary>
    private static IEnumerable<string> ImageNames(string? image)
    {
        if (image is null)
        {
            yield break;
        }

        var name = image.Split('@')[0].Split('/')[^1].Split(':')[0];
        yield return name;
        for (var end = name.LastIndexOfAny(['-', '_']); end > 2; end = name.LastIndexOfAny(['-', '_'], end - 1))
        {
            yield return name[..end];
        }
    }

    [GeneratedRegex(@"^(si|sh|selfhst)-|\.(png|svg|webp)$|-#[0-9a-f]{3,8}$", RegexOptions.NonBacktracking)]
    private static partial Regex Decoration();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Signs();

    /// <summary>The file that wwwroot-assets/service-icons.mjs writes. Its names are kept, its shapes are read when they are asked for.</summary>
    private sealed record Pack(string? File, FrozenDictionary<string, Entry> Entries, FrozenDictionary<string, string> Others)
    {
        public IEnumerable<string> Keys => Entries.Keys;

        public static Pack Read(Microsoft.Extensions.FileProviders.IFileInfo file)
        {
            var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
            var others = new Dictionary<string, string>(StringComparer.Ordinal);
            if (file.PhysicalPath is null)
            {
                return new(null, FrozenDictionary<string, Entry>.Empty, FrozenDictionary<string, string>.Empty);
            }

            // The file is ASCII, so a character is a byte.
            long offset = 0;
            foreach (var line in System.IO.File.ReadLines(file.PhysicalPath, Encoding.Latin1))
            {
                if (line.Split('\t') is [var key, var color, var shape])
                {
                    entries[key] = new(offset + key.Length + color.Length + 2, shape.Length, color.Length == 0 ? -1 : int.Parse(color, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                }
                else if (line.Split('=') is [var other, var target])
                {
                    others[other] = target;
                }

                offset += line.Length + 1;
            }

            return new(file.PhysicalPath, entries.ToFrozenDictionary(StringComparer.Ordinal), others.ToFrozenDictionary(StringComparer.Ordinal));
        }

        public ServiceIcon? Find(string name)
        {
            var key = Others.GetValueOrDefault(name, name);
            return Entries.TryGetValue(key, out var entry) ? new(key, entry.Color < 0 ? null : $"#{entry.Color:x6}") : null;
        }

        public string? Shape(string key)
        {
            if (File is null || !Entries.TryGetValue(key, out var entry))
            {
                return null;
            }

            using var handle = System.IO.File.OpenHandle(File);
            var bytes = new byte[entry.Length];
            return RandomAccess.Read(handle, bytes, entry.Offset) == bytes.Length ? Encoding.ASCII.GetString(bytes) : null;
        }
    }

    private readonly record struct Entry(long Offset, int Length, int Color);
}
