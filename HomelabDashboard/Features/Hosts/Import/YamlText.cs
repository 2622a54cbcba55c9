using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Reads one YAML document within bounds: no deeper and no larger, aliases counted as what they stand for, than is sane.</summary>
internal sealed class YamlText
{
    private const int MostItems = 200_000;

    private readonly IParser _parser;
    private readonly Dictionary<string, YamlItem> _anchors = new(StringComparer.Ordinal);
    private int _items;
    private int _line = 1;

    private YamlText(string text) => _parser = new Parser(new StringReader(text));

    /// <returns>Null for an empty text.</returns>
    /// <exception cref="ImportException">It is malformed or too much.</exception>
    public static YamlItem? Read(string text)
    {
        var reader = new YamlText(text);
        try
        {
            reader._parser.Consume<StreamStart>();
            if (reader._parser.Accept<StreamEnd>(out _))
            {
                return null;
            }

            reader._parser.Consume<DocumentStart>();
            var item = reader.Item(1);
            reader._parser.Consume<DocumentEnd>();
            return reader._parser.Accept<DocumentStart>(out var second)
                ? throw new ImportException((int)second.Start.Line, "There is a second document in it. An inventory has one.")
                : item;
        }
        catch (YamlException malformed)
        {
            throw new ImportException((int)Math.Max(1, malformed.Start.Line), "This is malformed YAML. Look at the indentation, colons and quotes here and just above.");
        }
        catch (Exception malformed) when (malformed is ArgumentException or InvalidOperationException)
        {
            // So the library answers some malformed tags and ends of documents.
            throw new ImportException(reader._line, "This is malformed YAML, here or just below.");
        }
    }

    private YamlItem Item(int depth)
    {
        var next = _parser.Consume<ParsingEvent>();
        var line = _line = (int)next.Start.Line;
        if (depth > ImportLimits.Depth)
        {
            throw new ImportException(line, $"It is nested more than {ImportLimits.Depth} deep.");
        }

        if (next is AnchorAlias alias)
        {
            var item = _anchors.GetValueOrDefault(alias.Value.Value) ?? throw new ImportException(line, "This alias stands for nothing that is complete before it.");
            if (depth + item.Height > ImportLimits.Depth)
            {
                throw new ImportException(line, $"It is nested more than {ImportLimits.Depth} deep.");
            }

            Count(item.Size, line);
            return item;
        }

        Count(1, line);
        var node = next as NodeEvent ?? throw new ImportException(line, "Something is missing here.");
        var tag = node.Tag.IsEmpty ? null : node.Tag.Value;
        YamlItem read = node switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain && tag is null, tag, line),
            SequenceStart => new YamlList(Items(depth), tag, line),
            MappingStart => new YamlMap(Entries(depth), tag, line),
            _ => throw new ImportException(line, "Something is missing here."),
        };
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor.Value] = read;
        }

        return read;
    }

    private List<YamlItem> Items(int depth)
    {
        var items = new List<YamlItem>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Item(depth + 1));
        }

        return items;
    }

    private List<(YamlItem Key, YamlItem Value)> Entries(int depth)
    {
        var merged = new List<(YamlItem Key, YamlItem Value)>();
        var own = new List<(YamlItem Key, YamlItem Value)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Item(depth + 1);
            var value = Item(depth + 1);
            if (key is not YamlScalar { Plain: true, Value: "<<" })
            {
                own.Add((key, value));
                continue;
            }

            // The first of several maps wins, so it comes last.
            var maps = value is YamlList list ? list.Items.Reverse() : [value];
            foreach (var map in maps)
            {
                merged.AddRange((map as YamlMap ?? throw new ImportException(key.Line, "What << takes in is a mapping, or a list of them.")).Entries);
                Count(map.Size, key.Line);
            }
        }

        return [.. merged, .. own];
    }

    private void Count(int more, int line)
    {
        if ((_items += more) > MostItems)
        {
            throw new ImportException(line, "There is too much in it, or its aliases stand for too much.");
        }
    }
}
