using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Features.Docker;

/// <summary>What would go if something were pruned now.</summary>
/// <param name="Names">The first 200 of them.</param>
/// <param name="Bytes">How much room that would free; null where the engine cannot tell.</param>
public sealed record PrunePreview(PruneKind Kind, int Count, IReadOnlyList<string> Names, long? Bytes)
{
    private const int MostNames = 200;

    internal static IReadOnlyList<PrunePreview> Of(EngineUse use)
    {
        var images = (use.Images ?? []).Where(i => i.Containers == 0).ToList();
        return
        [
            Make(PruneKind.Containers, (use.Containers ?? []).Where(c => c.State is "exited" or "created" or "dead" or "stopped").ToList(), c => c.Names is [var name, ..] ? name.TrimStart('/') : "", c => c.SizeRw ?? 0),
            Make(PruneKind.DanglingImages, images.Where(IsDangling).ToList(), Name, Own),
            Make(PruneKind.Images, images, Name, Own),
            Make(PruneKind.Volumes, (use.Volumes ?? []).Where(v => v.UsageData?.RefCount == 0).ToList(), v => v.Name ?? "", v => v.UsageData?.Size),
            Make(PruneKind.BuildCache, (use.BuildCache ?? []).Where(c => c is { InUse: false, Shared: false }).ToList(), c => c.Description ?? c.Id ?? "", c => c.Size),
        ];

        static bool IsDangling(EngineUsedImage image) => (image.RepoTags ?? []).All(t => t == "<none>:<none>");
        static string Name(EngineUsedImage image) => IsDangling(image) ? "untagged " + DockerTables.ImageKey(image.Id ?? "")[..Math.Min(12, DockerTables.ImageKey(image.Id ?? "").Length)] : image.RepoTags![0];
        static long? Own(EngineUsedImage image) => image.Size - Math.Max(0, image.SharedSize ?? 0);
    }

    private static PrunePreview Make<T>(PruneKind kind, IReadOnlyList<T> items, Func<T, string> name, Func<T, long?> size) => new(
        kind, items.Count, [.. items.Select(name).Order(StringComparer.OrdinalIgnoreCase).Take(MostNames)],
        items.Any(i => size(i) is null or < 0) ? null : items.Sum(i => size(i)!.Value));
}

/// <summary>What to prune.</summary>
/// <param name="Kinds">Words of <see cref="PruneKind"/>.</param>
public sealed record PruneRequest(IReadOnlyList<PruneKind> Kinds);
