using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Docker;

/// <param name="IsSecret">Its name or value looks like one that is not for every eye.</param>
/// <param name="Value">Null where the caller may not see it.</param>
public sealed record EnvironmentVariable(string Name, string? Value, bool IsSecret);

/// <param name="Type"><c>bind</c>, <c>volume</c>, <c>tmpfs</c>, …</param>
/// <param name="Source">The folder on the host, or the name of the volume.</param>
public sealed record ContainerMount(string Type, string? Source, string Target, bool ReadOnly);

public sealed record ContainerNetwork(string Name, string? Address, string? MacAddress, IReadOnlyList<string> Aliases);

/// <summary>What an engine tells of one container when it is asked.</summary>
/// <param name="Command">Entry point and arguments in one line; secrets masked where the caller may not see them.</param>
/// <param name="Json">All of it, indented, secrets masked.</param>
public sealed partial record ContainerDetails(
    string? Command,
    string? WorkingFolder,
    string? User,
    string? RestartPolicy,
    long? MemoryLimit,
    IReadOnlyList<EnvironmentVariable> Environment,
    IReadOnlyList<ContainerMount> Mounts,
    IReadOnlyList<ContainerNetwork> Networks,
    string Json)
{
    private const string Masked = SecretMask.Stars;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads <c>GET /containers/{id}/json</c>; what is missing or of another shape is left out.</summary>
    /// <param name="withSecrets">Whether the caller may see values that look secret.</param>
    internal static ContainerDetails Of(JsonElement inspect, bool withSecrets)
    {
        var root = inspect.ValueKind == JsonValueKind.Object ? JsonObject.Create(inspect)! : [];
        var config = root["Config"] as JsonObject;
        var host = root["HostConfig"] as JsonObject;
        var environment = new List<EnvironmentVariable>();
        if (config?["Env"] is JsonArray variables)
        {
            for (var i = 0; i < variables.Count; i++)
            {
                if (Text(variables[i]) is { } line)
                {
                    var (name, value) = line.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? (line[..at], line[(at + 1)..]) : (line, "");
                    var isSecret = IsSecret(name, value);
                    environment.Add(new(name, isSecret && !withSecrets ? null : value, isSecret));
                    if (isSecret)
                    {
                        variables[i] = $"{name}={Masked}";
                    }
                }
            }
        }

        var command = string.Join(' ', Texts(config?["Entrypoint"]).Concat(Texts(config?["Cmd"])));
        foreach (var (part, key) in new[] { (config, "Entrypoint"), (config, "Cmd"), (Part(config, "Healthcheck") as JsonObject, "Test"), (root, "Args") })
        {
            MaskWords(part, key);
        }

        foreach (var (name, value) in (Part(Part(host, "LogConfig"), "Config") as JsonObject ?? []).ToList())
        {
            if (Text(value) is { } text && IsSecret(name, text))
            {
                value!.ReplaceWith(Masked);
            }
        }

        var shown = string.Join(' ', Texts(config?["Entrypoint"]).Concat(Texts(config?["Cmd"])));
        var policy = Text(Part(Part(host, "RestartPolicy"), "Name"));
        return new(
            command.Length == 0 ? null : withSecrets ? command : SecretMask.Mask(shown),
            Text(config?["WorkingDir"]) is { Length: > 0 } folder ? folder : null,
            Text(Part(config, "User")) is { Length: > 0 } user ? user : null,
            policy is { Length: > 0 } ? policy : "no",
            host?["Memory"] is JsonValue memory && memory.TryGetValue<long>(out var bytes) && bytes > 0 ? bytes : null,
            [.. environment.OrderBy(v => v.Name, StringComparer.Ordinal)],
            [.. Objects(Part(root, "Mounts")).Select(m => new ContainerMount(
                Text(m["Type"]) ?? "", Text(m["Name"]) is { Length: > 0 } name ? name : Text(m["Source"]), Text(m["Destination"]) ?? "",
                m["RW"] is JsonValue rw && rw.TryGetValue<bool>(out var writable) && !writable)).OrderBy(m => m.Target, StringComparer.Ordinal)],
            [.. (Part(Part(root, "NetworkSettings"), "Networks") as JsonObject ?? []).Select(n => new ContainerNetwork(
                n.Key, Text((n.Value as JsonObject)?["IPAddress"]) is { Length: > 0 } address ? address : null,
                Text((n.Value as JsonObject)?["MacAddress"]) is { Length: > 0 } mac ? mac : null,
                [.. Texts((n.Value as JsonObject)?["Aliases"])])).OrderBy(n => n.Name, StringComparer.Ordinal)],
            root.ToJsonString(Indented));
    }

    internal static bool IsSecret(string name, string value) => value.Length > 0 && (SecretName().IsMatch(name) || SecretValue().IsMatch(value));

    /// <summary>
    /// Masks the words of a command in place. They are looked at as one line, so that an option is known to belong to the word after it.
    /// </summary>
    private static void MaskWords(JsonObject? part, string key)
    {
        const char between = '\v';
        if (part?[key] is not JsonArray array)
        {
            if (Text(part?[key]) is { } line)
            {
                part![key] = SecretMask.Mask(line);
            }

            return;
        }

        var words = array.Select(Text).ToList();
        if (words.Contains(null))
        {
            return;
        }

        var masked = SecretMask.Mask(string.Join(between, words)).Split(between);
        for (var i = 0; i < words.Count; i++)
        {
            array[i] = masked.Length == words.Count ? masked[i] : Masked;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonNode? Part(JsonNode? node, string key) => (node as JsonObject)?[key];

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonArray array => array.Select(Text).OfType<string>(),
        _ when Text(node) is { } text => [text],
        _ => [],
    };

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => (node as JsonArray ?? []).OfType<JsonObject>();

    [GeneratedRegex(@"PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|PRIVATE|DSN|CONNECTION_?STRING|COOKIE|SALT|CERT|WEBHOOK", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();

    /// <summary>A password in a URL.</summary>
    [GeneratedRegex(@"://[^/@\s]*:[^/@\s]+@", RegexOptions.NonBacktracking)]
    private static partial Regex SecretValue();
}
