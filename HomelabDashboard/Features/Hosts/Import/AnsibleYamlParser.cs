using System.Text.Json.Nodes;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Reads an Ansible inventory in its YAML form, as Ansible does. Encrypted variables are left out, and said to be.</summary>
internal sealed class AnsibleYamlParser
{
    private readonly AnsibleInventory _inventory = new();
    private readonly List<SkippedLine> _skipped = [];

    private AnsibleYamlParser()
    {
    }

    /// <exception cref="ImportException">It is malformed.</exception>
    public static ParsedImport Parse(string text)
    {
        var (inventory, skipped) = Read(text);
        return inventory.Build(skipped);
    }

    internal static (AnsibleInventory Inventory, IReadOnlyList<SkippedLine> Skipped) Read(string text)
    {
        var parser = new AnsibleYamlParser();
        var top = YamlText.Read(text) as YamlMap;
        if (top is not { Entries.Count: > 0 })
        {
            throw new ImportException(1, "A YAML inventory is a mapping of groups, such as all: with hosts: below it.");
        }

        if (top.Entries.Any(e => YamlValue.Text(e.Key) == "plugin" && !YamlValue.IsNull(e.Value)))
        {
            throw new ImportException(top.Line, "This sets up an inventory plugin. Import what ansible-inventory --list --yaml makes of it.");
        }

        foreach (var (key, value) in Last(top))
        {
            parser.Group(key, value);
        }

        return (parser._inventory, parser._skipped);
    }

    /// <summary>Entries with a key of their own: of two with the same, the later one counts.</summary>
    private static List<(YamlItem Key, YamlItem Value)> Last(YamlMap map)
    {
        var last = new Dictionary<string, (YamlItem, YamlItem)>(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            last[YamlValue.Key(entry.Key)] = entry;
        }

        return [.. last.Values];
    }

    /// <returns>The group's name; null when there is none to be put into another.</returns>
    private string? Group(YamlItem key, YamlItem value)
    {
        var name = YamlValue.Text(key) is { Length: > 0 } text ? text : throw new ImportException(key.Line, "A group's name is a word. Put a number in quotes.");
        if (value is not YamlMap && !YamlValue.IsNull(value))
        {
            _skipped.Add(new(key.Line, $"{Words.Shown(name)} is no group: it has no hosts, children or vars below it."));
            return _inventory.Has(name) ? name : null;
        }

        _inventory.AddGroup(name, key.Line);
        foreach (var (sectionKey, section) in value is YamlMap map ? Last(map) : [])
        {
            var sectionName = YamlValue.Key(sectionKey);
            if (sectionName is not ("hosts" or "children" or "vars"))
            {
                _skipped.Add(new(sectionKey.Line, $"{Words.Shown(sectionName)} is not read: a group has hosts, children and vars."));
            }
            else if (Section(section, sectionName) is { } entries)
            {
                foreach (var (entryKey, entry) in Last(entries))
                {
                    Entry(name, sectionName, entryKey, entry);
                }
            }
        }

        return name;
    }

    private static YamlMap? Section(YamlItem section, string name) => section switch
    {
        YamlMap map => map,
        _ when YamlValue.IsNull(section) => null,
        _ when YamlValue.Text(section) is not null => new YamlMap([(section, new YamlScalar("", true, null, section.Line))], null, section.Line),
        _ => throw new ImportException(section.Line, $"What stands below {name} is a mapping: each name with a colon, not a list."),
    };

    private void Entry(string group, string section, YamlItem key, YamlItem value)
    {
        switch (section)
        {
            case "vars":
                if (Json(key, value) is { } variable)
                {
                    _inventory.SetGroupVar(group, variable.Name, variable.Value, key.Line);
                }

                break;
            case "children":
                if (Group(key, value) is { } child)
                {
                    _inventory.AddChild(group, child, key.Line);
                }

                break;
            default:
                var pattern = YamlValue.Text(key) is { Length: > 0 } text ? text : throw new ImportException(key.Line, "A host's name is a word. Put a number in quotes.");
                if (value is not YamlMap && !YamlValue.IsNull(value))
                {
                    throw new ImportException(value.Line, "What stands below a host is a mapping of its variables.");
                }

                var vars = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
                foreach (var (varKey, var) in value is YamlMap map ? Last(map) : [])
                {
                    if (Json(varKey, var) is { } hostVar)
                    {
                        vars[hostVar.Name] = hostVar.Value;
                    }
                }

                _inventory.AddHosts(group, pattern, vars, key.Line);
                break;
        }
    }

    private (string Name, JsonNode? Value)? Json(YamlItem key, YamlItem value)
    {
        var name = YamlValue.Key(key);
        if (YamlValue.TryJson(value, out var json))
        {
            return (name, json);
        }

        _skipped.Add(new(key.Line, $"The variable {Words.Shown(name)} is encrypted (!vault) and is left out."));
        return null;
    }
}
