using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Hosts.Import;

namespace HomelabDashboard.Tests.Features.Hosts.Import;

public sealed class AnsibleParserTests
{
    private const string Ini = """
        # not in any group
        lone:2222 ansible_user=ada note='two words' # a comment
        raw ansible_host=192.0.2.50

        [web]
        web[01:03].lab ansible_port=2201 weight=5 odd="a # b" path=C:\\x
        web[a:c]-[1:5:2]
        db1 role=front

        [db]
        db1 ansible_host=192.0.2.9 role='db'
        db[2:3]
        [fd00::1]:2200

        [prod:children]
        web
        db

        [site:children]
        prod

        [web:vars]
        http_port=80
        debug=False
        names=['a', "b", 1.5, None, {'k': (1, 2)}]
        text = yes
        dotted=1.2.3
        literal = 5 # five
        empty=
        [all:vars]
        ansible_user=deploy
        http_port = 1
        [prod:vars]
        http_port=8080
        ansible_group_priority=10
        zone="a b"
        big=123456789012345678901234567890
        hex=0x1f
        zeros=007
        neg=-3
        """;

    private const string Yaml = """
        all:
          vars: {ansible_user: deploy, anchor: &base {a: 1, b: yes}}
          hosts:
            lone: {ansible_host: 192.0.2.50, merged: {<<: *base, b: no}}
            raw[1:3]:
          children:
            web:
              hosts:
                web[01:02].lab:
                  ansible_port: 2201
                  octal: 010
                  minutes: 1:30
                  ratio: 1.5
                  nothing: ~
                  day: 2026-01-02
                  text: "yes"
                  list: [1, two, {three: 3}]
              vars:
                http_port: 80
              children:
                edge:
                  hosts: gate
            db:
              hosts:
                web01.lab:
                db1:2200: {ansible_user: !unsafe "postgres"}
        extra:
          children:
            web:
          vars:
            http_port: 99
        """;

    [Fact]
    public async Task An_ini_inventory_is_read_as_ansible_reads_it()
    {
        await AgreesAsync(ImportFormat.AnsibleIni, Ini);
        var hosts = Parse(ImportFormat.AnsibleIni, Ini).Value!.Hosts.ToDictionary(h => h.Name);
        Assert.Equal((2222, "ada", 2), (hosts["lone"].Port, hosts["lone"].User, hosts["lone"].Line));
        Assert.Equal(("192.0.2.9", "deploy"), (hosts["db1"].Address, hosts["db1"].User));
        Assert.Equal(["web", "db"], hosts["db1"].Groups);
        Assert.Contains("webb-3", hosts.Keys);
    }

    [Fact]
    public async Task A_yaml_inventory_is_read_as_ansible_reads_it()
    {
        await AgreesAsync(ImportFormat.AnsibleYaml, Yaml);
        var parsed = Parse(ImportFormat.AnsibleYaml, Yaml).Value!;
        Assert.Equal(["all", "extra"], parsed.Groups.Single(g => g.Name == "web").Parents.Prepend("all").Order(StringComparer.Ordinal));
        Assert.Equal(2200, parsed.Hosts.Single(h => h.Name == "db1").Port);
    }

    [Fact]
    public async Task Generated_inventories_are_read_as_ansible_reads_them()
    {
        foreach (var text in Inventories().Sample(12, 60))
        {
            await AgreesAsync(ImportFormat.AnsibleIni, text);
        }

        foreach (var text in Inventories().Sample(6, 40).Select(AsYaml))
        {
            await AgreesAsync(ImportFormat.AnsibleYaml, text);
        }
    }

    [Fact]
    public void No_text_whatever_makes_it_fail()
    {
        var words = Gen.Elements(
            "[", "]", "[web]", "[web:vars]", "[a:children]", ":", "=", "'", "\"", "\\", "#", "\n", " ", "  ", "- ", "&a", "*a", "!vault", "!!int", "<<: *a", "{", "}", ",", "|", ">",
            "hosts:", "vars:", "children:", "all:", "web", "x[1:3]", "x=1", "(", "None", "0x", "1e999", "---\n", "...", "? ", "%YAML 1.1\n", "🦊", "\0");
        Prop.ForAll(
            Gen.OneOf(words.ListOf().Select(string.Concat), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? "")).ToArbitrary(),
            text =>
            {
                foreach (var format in new[] { ImportFormat.AnsibleIni, ImportFormat.AnsibleYaml })
                {
                    var result = Parse(format, text);
                    Assert.True(result.Succeeded || result.Problem.Code == "VALIDATION_FAILED");
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Theory]
    [InlineData("[web]\nweb[1:\n", "Line 2: A range in brackets is not closed.")]
    [InlineData("[web]\na b\n", "Line 2: After the host's name stand its variables, each as name=value. A value with spaces needs quotes.")]
    [InlineData("[web]\na x='\n", "Line 2: A quote is not closed.")]
    [InlineData("[a:children]\nb\n[b:children]\na\n", "Line 4: The group a would be in itself, by way of b.")]
    [InlineData("[a:children]\nnone\n", "Line 2: The group none is not declared by a section of its own.")]
    [InlineData("[a:vars]\nx=1\n", "Line 1: There are variables for the group a, which is not declared by a section of its own.")]
    [InlineData("[a:things]\n", "Line 1: A section is a [group], its [group:vars] or its [group:children].")]
    [InlineData("[a b]\n", "Line 1: This section's name is malformed: it has no spaces and no signs such as brackets.")]
    [InlineData("web[01:100]\n", "Line 1: With leading zeros, both ends of a range have the same length.")]
    [InlineData("web[0:99999]\n", "Line 1: There are more than 5000 hosts. Import them in parts.")]
    [InlineData("w[0:99][0:99]\n", "Line 1: There are more than 5000 hosts. Import them in parts.")]
    [InlineData("web:\n", "Line 1: A host ends in a colon here, as groups do in YAML. Is this a YAML inventory?")]
    public async Task Malformed_ini_is_refused_with_its_line(string text, string words)
    {
        Assert.Equal(words, Parse(ImportFormat.AnsibleIni, text).Problem?.Message);
        if (!words.Contains("5000", StringComparison.Ordinal))
        {
            Assert.Null(await ListAsync(".ini", text));
        }
    }

    [Theory]
    [InlineData("all:\n  hosts:\n   - a\n", "Line 3: What stands below hosts is a mapping: each name with a colon, not a list.")]
    [InlineData("all:\n  hosts: {a: 1\n", "Line 3: This is malformed YAML. Look at the indentation, colons and quotes here and just above.")]
    [InlineData("all:\n  vars: {a: !custom 1}\n", "Line 2: Tags other than !vault and !unsafe are not read.")]
    [InlineData("all:\n  vars: {a: *b}\n", "Line 2: This alias stands for nothing that is complete before it.")]
    [InlineData("all:\n  vars: &a {b: *a}\n", "Line 2: This alias stands for nothing that is complete before it.")]
    [InlineData("a: {}\n---\nb: {}\n", "Line 2: There is a second document in it. An inventory has one.")]
    [InlineData("- a\n", "Line 1: A YAML inventory is a mapping of groups, such as all: with hosts: below it.")]
    [InlineData("all:\n  hosts:\n    1:\n", "Line 3: A host's name is a word. Put a number in quotes.")]
    [InlineData("plugin: aws_ec2\n", "Line 1: This sets up an inventory plugin. Import what ansible-inventory --list --yaml makes of it.")]
    public void Malformed_yaml_is_refused_with_its_line(string text, string words) =>
        Assert.Equal(words, Parse(ImportFormat.AnsibleYaml, text).Problem?.Message);

    [Fact]
    public void Aliases_of_aliases_do_not_grow_without_end()
    {
        var bomb = "all:\n  vars:\n    a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"    a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n"));
        Assert.Contains("aliases stand for too much", Parse(ImportFormat.AnsibleYaml, bomb).Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("deep", Parse(ImportFormat.AnsibleYaml, "a: " + new string('[', 100_000)).Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("too much", Parse(ImportFormat.AnsibleYaml, "a: [" + string.Concat(Enumerable.Repeat("1,", 500_000)) + "]").Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_encrypted_is_left_out_and_said_to_be()
    {
        var parsed = Parse(ImportFormat.AnsibleYaml, "all:\n  hosts:\n    nas:\n      db: {user: x, key: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n3132\"}\n      port: 1\n").Value!;
        Assert.Equal(["port"], Assert.Single(parsed.Hosts).Vars.Keys);
        Assert.Equal(new SkippedLine(4, "The variable db is encrypted (!vault) and is left out."), Assert.Single(parsed.Skipped));
    }

    [Theory]
    [InlineData("a ansible_connection=local", "SSH")]
    [InlineData("a ansible_host={{x}}", "ansible_host is a template")]
    [InlineData("a ansible_ssh_common_args='-o ProxyCommand=\"nc %h\"'", "ProxyCommand")]
    public void What_the_dashboard_cannot_use_says_so(string text, string words) =>
        Assert.Contains(words, Assert.Single(Parse(ImportFormat.AnsibleIni, text).Value!.Hosts).Unusable, StringComparison.Ordinal);

    [Theory]
    [InlineData("-o ProxyJump=gate")]
    [InlineData("-J gate")]
    [InlineData("-o Foo=1 -oProxyJump=gate")]
    public void A_jump_in_the_ssh_arguments_is_found(string arguments) =>
        Assert.Equal(["gate"], Assert.Single(Parse(ImportFormat.AnsibleIni, $"a ansible_ssh_common_args='{arguments}'").Value!.Hosts).Jumps);

    [Theory]
    [InlineData("Host nas\n", ImportFormat.SshConfig)]
    [InlineData("# mine\n  host = nas\n", ImportFormat.SshConfig)]
    [InlineData("[web]\nnas\n", ImportFormat.AnsibleIni)]
    [InlineData("nas ansible_host=1\n", ImportFormat.AnsibleIni)]
    [InlineData("# x\nall:\n  hosts:\n", ImportFormat.AnsibleYaml)]
    [InlineData("---\nall: {}\n", ImportFormat.AnsibleYaml)]
    public void The_format_is_seen_from_the_text(string text, ImportFormat format) => Assert.Equal(format, ImportText.Guess(text));

    [Fact]
    public void More_than_a_mebibyte_is_refused() =>
        Assert.Contains("1 MiB", Parse(ImportFormat.AnsibleIni, new string('#', (1024 * 1024) + 1)).Problem!.Message, StringComparison.Ordinal);

    private static HomelabDashboard.Features.Result<ParsedImport> Parse(ImportFormat format, string text) => ImportText.Parse(format, [new("", text)]);

    private static Gen<string> Inventories()
    {
        var names = new[] { "a", "b", "c", "web", "db" };
        var value = Gen.Elements("1", "-2", "1.5", "True", "None", "yes", "'q'", "\"d q\"", "[1,'a']", "x", "a.b.c", "0x10", "010", "{'k':[1]}", "1_000", "'a'\"b\"", "(1)", "(1,)", "1-2", "r'\\d'");
        var host = Gen.Elements("h1", "h2", "n[1:4]", "n[01:03]", "m[a:c]x", "z[1:9:4].lab", "p:2200")
            .Zip(Gen.Elements("v", "w", "ansible_port", "ansible_user").Zip(Gen.Elements("1", "22", "'s t'", "\"[1, 2]\"", "b", "True")).ListOf())
            .Select(h => h.Item1 + string.Concat(h.Item2.Take(3).Select(v => $" {v.Item1}={v.Item2}")));
        return host.ListOf().Zip(host.NonEmptyListOf().ArrayOf(names.Length))
            .Zip(Gen.Choose(0, names.Length - 1).Zip(Gen.Choose(0, names.Length - 1)).ListOf())
            .Zip(Gen.Elements([.. names, "all"]).Zip(Gen.Elements("v", "w", "x", "ansible_user").Zip(value)).ListOf())
            .Select(t =>
            {
                var (((lone, members), edges), vars) = t;
                return string.Join('\n', [
                    .. lone.Take(3),
                    .. names.SelectMany((n, i) => members[i].Take(4).Prepend($"[{n}]")),
                    // From a group to a later one alone, so that there are no circles.
                    .. edges.Where(e => e.Item1 < e.Item2).Take(6).SelectMany(e => new[] { $"[{names[e.Item1]}:children]", names[e.Item2] }),
                    .. vars.Take(6).SelectMany(v => new[] { $"[{v.Item1}:vars]", $"{v.Item2.Item1}={v.Item2.Item2}" }),
                ]) + "\n";
            });
    }

    /// <summary>What our reading of an INI text is in YAML.</summary>
    private static string AsYaml(string ini)
    {
        var parsed = Parse(ImportFormat.AnsibleIni, ini).Value!;
        var groups = new JsonObject();
        foreach (var name in parsed.Groups.Select(g => g.Name).Append("all").Distinct())
        {
            groups[name] = new JsonObject { ["hosts"] = new JsonObject(), ["children"] = new JsonObject(), ["vars"] = new JsonObject() };
        }

        foreach (var group in parsed.Groups)
        {
            foreach (var parent in group.Parents)
            {
                groups[parent]!["children"]![group.Name] = null;
            }

            foreach (var (key, value) in group.Vars)
            {
                groups[group.Name]!["vars"]![key] = value?.DeepClone();
            }
        }

        foreach (var host in parsed.Hosts)
        {
            foreach (var group in host.Groups.Append("all"))
            {
                groups[group]!["hosts"]![host.Name] = new JsonObject(host.Vars.Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone())));
            }
        }

        return groups.ToJsonString();
    }

    /// <summary>Compares hosts, groups and every variable with what <c>ansible-inventory --list</c> says.</summary>
    private static async Task AgreesAsync(ImportFormat format, string text)
    {
        var inventory = format == ImportFormat.AnsibleIni ? AnsibleIniParser.Read(text) : AnsibleYamlParser.Read(text).Inventory;
        var parsed = Parse(format, text).Value!;
        var theirs = JsonNode.Parse((await ListAsync(format == ImportFormat.AnsibleIni ? ".ini" : ".yml", text)) ?? throw new InvalidOperationException("Ansible refuses\n" + text))!.AsObject();
        var vars = theirs["_meta"]!["hostvars"]!.AsObject();
        var everyone = theirs.Where(g => g.Key != "_meta").SelectMany(g => g.Value!["hosts"]?.AsArray() ?? []).Select(h => h!.GetValue<string>()).Distinct();
        Assert.Equal(everyone.Order(StringComparer.Ordinal), parsed.Hosts.Select(h => h.Name).Order(StringComparer.Ordinal));
        foreach (var host in parsed.Hosts)
        {
            Assert.Equal(
                theirs.Where(g => g.Key is not ("_meta" or "all" or "ungrouped") && g.Value!["hosts"]?.AsArray().Any(h => h!.GetValue<string>() == host.Name) is true).Select(g => g.Key).Order(StringComparer.Ordinal),
                host.Groups.Order(StringComparer.Ordinal));
            var ours = new JsonObject(inventory.EffectiveVars(host.Name).Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone())));
            Assert.True(Same(vars[host.Name] ?? new JsonObject(), ours), $"{host.Name}: Ansible says {vars[host.Name]?.ToJsonString()}, we say {ours.ToJsonString()}\n{text}");
        }

        foreach (var group in parsed.Groups.Where(g => g.Name is not ("all" or "ungrouped")))
        {
            Assert.Equal(
                theirs.Where(g => g.Key is not ("_meta" or "all") && g.Value!["children"]?.AsArray().Any(c => c!.GetValue<string>() == group.Name) is true).Select(g => g.Key).Order(StringComparer.Ordinal),
                group.Parents.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Numbers are compared as numbers: Python writes 1.0 where we write 1.</summary>
    private static bool Same(JsonNode? theirs, JsonNode? ours) => (theirs, ours) switch
    {
        (null, null) => true,
        (JsonObject { Count: 1 } a, JsonValue) when a["__ansible_unsafe"] is { } text => Same(text, ours),
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(p => b.TryGetPropertyValue(p.Key, out var value) && Same(p.Value, value)),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(p => Same(p.First, p.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number =>
            a.ToJsonString() == b.ToJsonString() || double.Parse(a.ToJsonString(), CultureInfo.InvariantCulture).Equals(double.Parse(b.ToJsonString(), CultureInfo.InvariantCulture)),
        (JsonValue a, JsonValue b) => a.GetValueKind() == b.GetValueKind() && a.ToString() == b.ToString(),
        _ => false,
    };

    private static async Task<string?> ListAsync(string extension, string text)
    {
        var folder = Directory.CreateTempSubdirectory("homelab-inventory-").FullName;
        try
        {
            var file = Path.Combine(folder, "inventory" + extension);
            await File.WriteAllTextAsync(file, text);
            await File.WriteAllTextAsync(Path.Combine(folder, "ansible.cfg"), $"[inventory]\nenable_plugins = {(extension == ".ini" ? "ini" : "yaml")}\nunparsed_is_failed = true\nany_unparsed_is_failed = true\n");
            return await Tool.RunAsync("env", "-C", folder, $"ANSIBLE_CONFIG={folder}/ansible.cfg", "ansible-inventory", "-i", file, "--list");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
