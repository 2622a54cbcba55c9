using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>
/// The API of one Docker or Podman engine, version 1.41 or later as negotiated by <see cref="ConnectAsync"/>. Requests share a
/// connection that stays, figures another, what may take long has others, and each stream has one of its own. Whatever an engine
/// sends is bounded in size, and each question in time; what changes something takes as long as it takes.
/// Its methods throw <see cref="EngineException"/> where the engine refuses and <see cref="IOException"/> where it cannot be reached,
/// <see cref="EngineUnreachedException"/> where it was not, <see cref="EngineLateException"/> where it takes too long.
/// </summary>
public sealed class EngineClient : IDisposable
{
    /// <summary>The version that this client was written for; an engine that is newer is spoken to in this one.</summary>
    private static readonly Version Newest = new(1, 47);
    private static readonly Version Oldest = new(1, 41);

    // A host's sshd opens ten sessions on a connection where nobody told it otherwise, and terminals need some of them.
    private const int RequestConnections = 1;
    private const int FigureConnections = 1;
    private const int ActionConnections = 2;
    private const int MostLogs = 3;
    private const int LargestAnswer = 64 * 1024 * 1024;
    private const int LongestMessage = 400;

    private static readonly TimeSpan QuickAnswer = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromMinutes(15);

    /// <summary>Of what changes something: it is not over before the engine or the connection says so.</summary>
    private static readonly TimeSpan AnyTime = Timeout.InfiniteTimeSpan;
    internal static readonly JsonSerializerOptions Json = new() { RespectNullableAnnotations = false };

    private readonly HttpClient _requests;

    /// <summary>Docker takes a second for each container's figures: nothing else is to wait behind them.</summary>
    private readonly HttpClient _figures;
    private readonly HttpClient _actions;
    private readonly HttpClient _streams;
    private readonly TimeProvider _time;
    private int _logs;
    private Version _version = Oldest;
    private string _prefix = "";
    private bool _isPodman;

    public EngineClient(EngineDoor door, TimeProvider time)
    {
        _time = time;
        Client = door.Client;
        _requests = NewClient(door, RequestConnections);
        _figures = NewClient(door, FigureConnections);
        _actions = NewClient(door, ActionConnections);
        _streams = NewClient(door, MostLogs + 1);
    }

    /// <inheritdoc cref="EngineDoor.Client"/>
    public string? Client { get; }

    /// <summary>Asks the engine what it is, and agrees on a version; to be called before anything else.</summary>
    /// <exception cref="EngineException">It is too old.</exception>
    public async Task<EngineVersion> ConnectAsync(CancellationToken cancellationToken)
    {
        var engine = await GetAsync<EngineVersion>("/version", QuickAnswer, cancellationToken);
        if (!Version.TryParse(engine.ApiVersion, out var offered))
        {
            throw new EngineException("The engine does not say which version of the API it speaks.");
        }

        if (offered < Oldest)
        {
            throw new EngineException($"This engine ({engine.Version}) speaks version {offered} of the API; {Oldest} or later is needed, as Docker 20.10 and Podman 4 have.");
        }

        _version = offered < Newest ? offered : Newest;
        _prefix = "/v" + _version;
        _isPodman = engine.Product == "Podman";
        return engine;
    }

    /// <summary>All containers, or those with these ids; the ones that are gone are left out.</summary>
    public Task<IReadOnlyList<EngineContainer>> ListContainersAsync(IReadOnlyCollection<string>? ids, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<EngineContainer>>(
            "/containers/json?all=true" + (ids is null ? "" : "&filters=" + Filter("id", ids.Select(EngineName.Container))), QuickAnswer, cancellationToken);

    public Task<EngineInspect> InspectAsync(string id, CancellationToken cancellationToken) =>
        GetAsync<EngineInspect>($"/containers/{EngineName.Container(id)}/json", QuickAnswer, cancellationToken);

    /// <summary>All that the engine says of a container. It holds secrets: its environment.</summary>
    public Task<JsonElement> InspectJsonAsync(string id, CancellationToken cancellationToken) =>
        GetAsync<JsonElement>($"/containers/{EngineName.Container(id)}/json", QuickAnswer, cancellationToken);

    /// <summary>Whether there is such a file inside a container, be it running or not.</summary>
    /// <param name="path">A constant of the program's.</param>
    public async Task<bool> HasFileAsync(string id, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await SendAsync(
                _requests, HttpMethod.Head, $"/containers/{EngineName.Container(id)}/archive?path={Uri.EscapeDataString(path)}", HttpCompletionOption.ResponseContentRead, QuickAnswer, cancellationToken);
            return true;
        }
        catch (EngineException none) when (none.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    public Task<IReadOnlyList<EngineImage>> ListImagesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<EngineImage>>("/images/json", QuickAnswer, cancellationToken);

    public async Task<IReadOnlyList<EngineVolume>> ListVolumesAsync(CancellationToken cancellationToken) =>
        (await GetAsync<EngineVolumes>("/volumes", QuickAnswer, cancellationToken)).Volumes ?? [];

    /// <summary>The figures of a running container at this moment; rates need two of them.</summary>
    public Task<EngineStats> StatsAsync(string id, CancellationToken cancellationToken) =>
        GetAsync<EngineStats>(_figures, $"/containers/{EngineName.Container(id)}/stats?stream=false&one-shot=true", QuickAnswer, cancellationToken);

    /// <summary>Does <c>start</c>, <c>stop</c>, <c>restart</c>, <c>pause</c>, <c>unpause</c> or <c>kill</c>. A container that is so already counts as done.</summary>
    public Task ActAsync(string id, ContainerVerb verb, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/containers/{EngineName.Container(id)}/{Word(verb)}", cancellationToken);

    /// <summary>Removes a container, also one that runs, with its anonymous volumes.</summary>
    public Task RemoveContainerAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/containers/{EngineName.Container(id)}?force=true&v=true", cancellationToken);

    /// <summary>Removes an image with all its tags, also one that a stopped container uses.</summary>
    public Task RemoveImageAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/images/{EngineName.Image(id)}?force=true", cancellationToken);

    /// <summary>Removes a volume that no container uses.</summary>
    public Task RemoveVolumeAsync(string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/volumes/{EngineName.Volume(name)}", cancellationToken);

    /// <summary>What the engine keeps and how much room it takes; it counts for a while.</summary>
    public Task<EngineUse> UseAsync(CancellationToken cancellationToken) => GetAsync<EngineUse>(_actions, "/system/df", SlowAnswer, cancellationToken);

    /// <summary>Removes what nothing uses.</summary>
    /// <returns>How many bytes that freed; null where the engine does not tell.</returns>
    public async Task<long?> PruneAsync(PruneKind kind, CancellationToken cancellationToken)
    {
        // Since this version anonymous volumes alone go unless one asks for all.
        var volumes = _version >= new Version(1, 42) ? "/volumes/prune?filters=" + Filter("all", ["true"]) : "/volumes/prune";
        var path = kind switch
        {
            PruneKind.Containers => "/containers/prune",
            PruneKind.DanglingImages => "/images/prune?filters=" + Filter("dangling", ["true"]),
            PruneKind.Images when _isPodman => "/libpod/images/prune?all=true",
            PruneKind.Images => "/images/prune?filters=" + Filter("dangling", ["false"]),
            PruneKind.Volumes => volumes,
            PruneKind.BuildCache => "/build/prune",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        using var answer = await SendAsync(_actions, HttpMethod.Post, path, HttpCompletionOption.ResponseContentRead, AnyTime, cancellationToken);

        // Podman 4.3 refuses Docker's way to name all images, and its own answers with a list.
        return kind == PruneKind.Images && _isPodman
            ? (await ReadAsync<IReadOnlyList<EnginePrunedImage>>(answer, cancellationToken)).Sum(i => i.Size)
            : (await ReadAsync<EnginePruned>(answer, cancellationToken)).SpaceReclaimed;
    }

    /// <summary>
    /// What happens to containers, images and volumes from now on. <paramref name="begun"/> is called once the engine listens, so
    /// that what is looked at after that misses nothing. It ends when the engine does.
    /// </summary>
    public async IAsyncEnumerable<EngineEvent> EventsAsync(Action begun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await OpenAsync("/events?filters=" + Filter("type", ["container", "image", "volume"]), cancellationToken);
        begun();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var happened in EngineEventStream.ReadAsync(stream, cancellationToken))
        {
            yield return happened;
        }
    }

    /// <summary>A container's log in batches as they come, each at most as large as one read. Three can be open at once.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> LogsAsync(string id, LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _logs) > MostLogs)
        {
            Interlocked.Decrement(ref _logs);
            throw new EngineException($"{MostLogs} logs of this host are open already. Close one of them.");
        }

        try
        {
            await foreach (var batch in ReadLogsAsync(id, request, cancellationToken))
            {
                yield return batch;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _logs);
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadLogsAsync(string id, LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var container = await InspectAsync(id, cancellationToken);
        var tail = request.Tail?.ToString(CultureInfo.InvariantCulture) ?? "all";
        var since = request.Since is { } from ? string.Create(CultureInfo.InvariantCulture, $"&since={(from - DateTime.UnixEpoch).TotalSeconds:F3}") : "";
        var path = string.Create(CultureInfo.InvariantCulture, $"/containers/{EngineName.Container(id)}/logs?stdout=true&stderr=true&timestamps=true&tail={tail}{since}&follow={(request.Follow ? "true" : "false")}");
        using var answer = await OpenAsync(path, cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var parser = new LogParser(framed: container.Config?.Tty is not true, timestamps: true);
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var count = await ReadAsync(stream, buffer, cancellationToken);
            var lines = new List<LogLine>();
            if (count == 0)
            {
                parser.Finish(lines);
            }
            else
            {
                parser.Add(buffer.AsSpan(0, count), lines);
            }

            if (lines.Count > 0)
            {
                yield return lines;
            }

            if (count == 0)
            {
                yield break;
            }
        }
    }

    public void Dispose()
    {
        _requests.Dispose();
        _figures.Dispose();
        _actions.Dispose();
        _streams.Dispose();
    }

    private static HttpClient NewClient(EngineDoor door, int connections) => new(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellationToken) => door.OpenAsync(cancellationToken),
        MaxConnectionsPerServer = connections,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(45),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
    })
    {
        BaseAddress = new("http://docker"),
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LargestAnswer,
    };

    private static string Filter(string name, IEnumerable<string> values) =>
        Uri.EscapeDataString(JsonSerializer.Serialize(new Dictionary<string, IEnumerable<string>> { [name] = values }));

    private static string Word(ContainerVerb verb) => verb switch
    {
        ContainerVerb.Start => "start",
        ContainerVerb.Stop => "stop",
        ContainerVerb.Restart => "restart",
        ContainerVerb.Pause => "pause",
        ContainerVerb.Unpause => "unpause",
        ContainerVerb.Kill => "kill",
        _ => throw new ArgumentOutOfRangeException(nameof(verb)),
    };

    private static async ValueTask<int> ReadAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (HttpRequestException gone)
        {
            throw new IOException(gone.Message, gone);
        }
    }

    private Task<T> GetAsync<T>(string path, TimeSpan longest, CancellationToken cancellationToken) => GetAsync<T>(_requests, path, longest, cancellationToken);

    private async Task<T> GetAsync<T>(HttpClient client, string path, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(client, HttpMethod.Get, path, HttpCompletionOption.ResponseContentRead, longest, cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync<T>(body, Json, cancellationToken) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException wrong)
        {
            throw new EngineException("The engine answered something that could not be read.", null, wrong);
        }
    }

    private async Task SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(_actions, method, path, HttpCompletionOption.ResponseContentRead, AnyTime, cancellationToken);
    }

    private Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(_streams, HttpMethod.Get, path, HttpCompletionOption.ResponseHeadersRead, QuickAnswer, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string path, HttpCompletionOption completion, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        HttpResponseMessage? answer = null;
        try
        {
            using var request = new HttpRequestMessage(method, _prefix + path);
            if (method == HttpMethod.Post || method == HttpMethod.Delete)
            {
                // HttpClient sends what has no content once more when the connection ends before an answer: a restart would be done twice.
                request.Content = new ByteArrayContent([]);
            }

            answer = await client.SendAsync(request, completion, either.Token);
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified)
            {
                return answer;
            }

            throw new EngineException(await MessageAsync(answer, either.Token), answer.StatusCode);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            answer?.Dispose();
            throw limit.IsCancellationRequested ? new EngineLateException("The engine did not answer in time.", late) : new IOException("The engine is not followed any more.", late);
        }
        catch (HttpRequestException failed)
        {
            answer?.Dispose();
            var reason = failed.InnerException as IOException ?? new IOException(failed.Message, failed);
            throw failed.HttpRequestError == HttpRequestError.ConnectionError ? new EngineUnreachedException(reason.Message, reason) : reason;
        }
        catch
        {
            answer?.Dispose();
            throw;
        }
    }

    /// <summary>The engine's own words, <c>{"message": "…"}</c>.</summary>
    private static async Task<string> MessageAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        const int largestRefusal = 64 * 1024;
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[largestRefusal];
        var length = await body.ReadAtLeastAsync(bytes, largestRefusal, throwOnEndOfStream: false, cancellationToken);
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length));
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message) && message.GetString() is { Length: > 0 } text)
            {
                return text.Length > LongestMessage ? text[..LongestMessage] + "…" : text;
            }
        }
        catch (JsonException)
        {
            // Its status says enough.
        }

        return $"The engine answered {(int)answer.StatusCode}.";
    }
}
