namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>A node of a YAML text, with its aliases resolved.</summary>
/// <param name="Tag">As written; null for none.</param>
/// <param name="Line">From 1.</param>
internal abstract record YamlItem(string? Tag, int Line)
{
    /// <summary>With everything in it, an alias counted as what it stands for.</summary>
    public int Size { get; protected init; } = 1;

    /// <summary>How many levels it has.</summary>
    public int Height { get; protected init; } = 1;
}

/// <param name="Plain">Written without quotes, so that it may be a number, a truth or nothing.</param>
internal sealed record YamlScalar(string Value, bool Plain, string? Tag, int Line) : YamlItem(Tag, Line);

internal sealed record YamlList : YamlItem
{
    public YamlList(IReadOnlyList<YamlItem> items, string? tag, int line)
        : base(tag, line)
    {
        Items = items;
        Size = 1 + items.Sum(i => i.Size);
        Height = 1 + items.Select(i => i.Height).DefaultIfEmpty(0).Max();
    }

    public IReadOnlyList<YamlItem> Items { get; }
}

internal sealed record YamlMap : YamlItem
{
    public YamlMap(IReadOnlyList<(YamlItem Key, YamlItem Value)> entries, string? tag, int line)
        : base(tag, line)
    {
        Entries = entries;
        Size = 1 + entries.Sum(e => e.Key.Size + e.Value.Size);
        Height = 1 + entries.Select(e => Math.Max(e.Key.Height, e.Value.Height)).DefaultIfEmpty(0).Max();
    }

    /// <summary>In order; of two with the same key the later one counts.</summary>
    public IReadOnlyList<(YamlItem Key, YamlItem Value)> Entries { get; }
}
