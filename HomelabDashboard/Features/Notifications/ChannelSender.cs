using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Infrastructure;

namespace HomelabDashboard.Features.Notifications;

/// <summary>Sends a message on a channel, once. Singleton.</summary>
public sealed class ChannelSender(SmtpSender mail, TimeProvider time) : IDisposable
{
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private const int LongestAnswer = 64 * 1024;

    /// <summary>In bytes; what is longer, ntfy makes a file of.</summary>
    private const int LongestNtfy = 4_096;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly HttpRequestOptionsKey<bool> AllowPrivate = new("AllowPrivate");

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // It goes to no browser; what is escaped is longer than some receivers take.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    // A connection that one channel may have is not for another: none is kept.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxResponseHeadersLength = 32,
        ConnectCallback = async (context, cancellationToken) =>
        {
            context.InitialRequestMessage.Options.TryGetValue(AllowPrivate, out var allowPrivate);
            return new NetworkStream(
                await GuardedConnect.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, allowPrivate, TimeProvider.System, cancellationToken), ownsSocket: true);
        },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    public void Dispose() => _http.Dispose();

    /// <returns>Whom it did not reach of several receivers; null where it reached all.</returns>
    /// <exception cref="NotificationException">It did not go, or not to all receivers yet, or it is not known that it did.</exception>
    public async Task<string?> SendAsync(ChannelTarget target, NotificationMessage message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            if (target.Kind == ChannelKind.Email)
            {
                return await mail.SendAsync(target, message, both.Token);
            }

            await PostAsync(target, message, both.Token);
            return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new NotificationException($"No answer came within {Longest.TotalSeconds:0} seconds.", NotificationFault.Temporary);
        }
    }

    private async Task PostAsync(ChannelTarget target, NotificationMessage message, CancellationToken cancellationToken)
    {
        using var request = Request(target, message);
        request.Options.Set(AllowPrivate, target.AllowPrivateHost);
        var body = (JsonBody)request.Content!;
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw Refused(target.Kind, answer);
            }
        }
        catch (Exception fault) when (body.HasBegun && fault is HttpRequestException or OperationCanceledException)
        {
            throw new NotificationException("It went out, but no answer came to say that it has arrived. It is not sent again.", NotificationFault.Unclear);
        }
        catch (HttpRequestException fault)
        {
            throw new NotificationException(fault.InnerException is GuardedConnectException guarded ? guarded.Message : Words(fault), NotificationFault.Temporary);
        }
    }

    private static HttpRequestMessage Request(ChannelTarget target, NotificationMessage message)
    {
        var (settings, secret) = (target.Settings, target.Secret);
        var line = $"{message.Title}\n{message.Text}";
        switch (target.Kind)
        {
            case ChannelKind.Ntfy:
                var ntfy = Post(settings.Url!, new { topic = settings.Topic, title = message.Title, message = CutBytes(message.Text, LongestNtfy), priority = message.Level switch { AlertLevel.Critical => 5, AlertLevel.Error => 4, _ => 3 } });
                ntfy.Headers.Authorization = (settings.Username, secret) switch
                {
                    (_, null) => null,
                    (null or "", _) => new AuthenticationHeaderValue("Bearer", secret),
                    _ => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Username}:{secret}"))),
                };
                return ntfy;
            case ChannelKind.Gotify:
                var gotify = Post(Under(settings.Url!, "message"), new { title = message.Title, message = message.Text, priority = message.Level switch { AlertLevel.Critical => 9, AlertLevel.Error => 7, AlertLevel.Warning => 5, _ => 2 } });
                gotify.Headers.Add("X-Gotify-Key", secret);
                return gotify;
            case ChannelKind.Discord:
                return Post(secret!, new { content = Cut(Escape(line), 1_900), allowed_mentions = new { parse = Array.Empty<string>() } });
            case ChannelKind.Slack:
                return Post(secret!, new { text = Cut(line.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal), 3_000) });
            case ChannelKind.Apprise:
                return Post(Under(settings.Url!, "notify/" + settings.Topic), new { title = message.Title, body = message.Text, type = message.Level switch { AlertLevel.Critical or AlertLevel.Error => "failure", AlertLevel.Warning => "warning", AlertLevel.Success => "success", _ => "info" } });
            case ChannelKind.Webhook:
                return Post(secret!, message);
            default:
                throw new ArgumentOutOfRangeException(nameof(target), target.Kind, "This kind is not sent by HTTP.");
        }
    }

    private static HttpRequestMessage Post<T>(string address, T body) => new(HttpMethod.Post, address)
    {
        Content = new JsonBody(JsonSerializer.SerializeToUtf8Bytes(body, Json)),
        Version = HttpVersion.Version11,
    };

    private static string Under(string url, string path) => url.TrimEnd('/') + "/" + path;

    private NotificationException Refused(ChannelKind kind, HttpResponseMessage answer)
    {
        if (kind == ChannelKind.Apprise && answer.StatusCode == HttpStatusCode.FailedDependency)
        {
            return new NotificationException("Apprise answered 424: not every service behind it took it, and it does not say which. It is not sent again; Apprise's own log says more.", NotificationFault.Unclear);
        }

        var wait = answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
        var status = (int)answer.StatusCode;
        return new NotificationException(
            status switch
            {
                >= 300 and < 400 => $"The receiver answered {status}: it wants to be asked at another address. Give that one.",
                401 or 403 => $"The receiver answered {status}: it does not take the token or password.",
                404 => "The receiver answered 404: there is nothing at this address.",
                _ => string.Create(CultureInfo.InvariantCulture, $"The receiver answered {status}."),
            },
            status is (>= 300 and < 400) or 400 or 413 or 422 ? NotificationFault.Permanent : NotificationFault.Temporary)
        {
            RetryAfter = wait > LongestWait ? LongestWait : wait > TimeSpan.Zero ? wait : null,
        };
    }

    /// <summary>The kind of fault alone: the words of the exception may hold the address, which may be secret.</summary>
    private static string Words(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => "No secure connection could be made: its certificate is not one that this machine trusts.",
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => "The receiver does not answer. Check its address, and whether it runs.",
        _ => "The connection broke, or the answer was no HTTP.",
    };

    /// <summary>What Discord would take for markup stands as it is.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            (@"\*_~`|<>[]#@".Contains(c, StringComparison.Ordinal) ? escaped.Append('\\') : escaped).Append(c);
        }

        return escaped.ToString();
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end].TrimEnd('\\') + "…";
    }

    private static string CutBytes(string text, int bytes)
    {
        const string End = "…";
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
        {
            return text;
        }

        var (left, chars) = (bytes - Encoding.UTF8.GetByteCount(End), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            left -= rune.Utf8SequenceLength;
            if (left < 0)
            {
                break;
            }

            chars += rune.Utf16SequenceLength;
        }

        return text[..chars] + End;
    }

    /// <summary>A body that knows whether any of it was asked for: until then, the receiver has nothing to act on.</summary>
    private sealed class JsonBody : HttpContent
    {
        private readonly byte[] _bytes;

        public JsonBody(byte[] bytes)
        {
            _bytes = bytes;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        public bool HasBegun { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            HasBegun = true;
            await stream.WriteAsync(_bytes);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes.Length;
            return true;
        }
    }
}
