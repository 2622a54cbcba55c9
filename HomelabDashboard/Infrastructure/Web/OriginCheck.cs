namespace HomelabDashboard.Infrastructure.Web;

/// <summary>
/// Refuses live connections that another site's page opens with our user's cookie: a browser names the page's origin, and it must be ours.
/// A program that sends a bearer token need not name one.
/// </summary>
internal static partial class OriginCheck
{
    private static readonly PathString[] Guarded = ["/_blazor", "/hubs"];

    public static void Use(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OriginCheck).FullName!);
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (!Array.Exists(Guarded, path => request.Path.StartsWithSegments(path)))
            {
                return next(context);
            }

            var origin = request.Headers.Origin.ToString();
            var own = $"{request.Scheme}://{request.Host}";
            var isRight = origin.Length > 0
                ? IsSame(origin, own)
                : !IsWebSocket(request) || request.Headers.ContainsKey("Authorization");
            if (isRight)
            {
                return next(context);
            }

            LogRefused(logger, Printable(origin), Printable(own));
            return ApiProblem.Create(ApiProblem.Forbidden, "This connection was opened by a page of another site.").ExecuteAsync(context);
        });
    }

    /// <summary>Told by the request itself: the server's own feature is set only later. CONNECT is HTTP/2's way.</summary>
    private static bool IsWebSocket(HttpRequest request) =>
        HttpMethods.IsConnect(request.Method) || string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(string origin, string own) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var one) && Uri.TryCreate(own, UriKind.Absolute, out var other)
        && Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static string Printable(string text) => new([.. text.Take(200).Select(c => char.IsControl(c) ? '?' : c)]);

    [LoggerMessage(1101, LogLevel.Warning,
        "A live connection from the origin {Origin} was refused, because the dashboard is reached as {Own}. Behind a reverse proxy, name the proxy in Homelab__Web__TrustedProxies and let it send X-Forwarded-Proto and X-Forwarded-Host.")]
    private static partial void LogRefused(ILogger logger, string origin, string own);
}
