using HomelabDashboard.Features.Logs;

namespace HomelabDashboard.Features.Accounts;

/// <summary>
/// Writes into the log what programs ask for by the API, with its result, and what is refused to anybody, in a page too. What the pages
/// do is written by the services, in their own words. Of one caller or address a bounded number of lines each minute. Singleton.
/// </summary>
public sealed class AuditTrail(ActivityLog log, AccountDirectory directory, TimeProvider time)
{
    public const int MostEachMinute = 120;
    internal const int MostRemembered = 1_000;
    private const string Source = "api";
    private const int LongestPath = 300;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Count> _counts = new(StringComparer.Ordinal);

    /// <summary>Says who acts in a request, and writes how a request of the API ended that was to change something or was refused.</summary>
    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        var caller = directory.Resolve(context.User);
        var isApi = context.Request.Path.StartsWithSegments("/api");
        using var acting = Acting.Begin(caller?.UserId, context.Connection.RemoteIpAddress, isApi);
        if (!isApi)
        {
            if (context.WebSockets.IsWebSocketRequest || context.Request.Path.StartsWithSegments("/_blazor") || context.Request.Path.StartsWithSegments("/hubs"))
            {
                // A connection lasts; each call that comes by it begins anew.
                acting.Dispose();
            }

            await next(context);
            return;
        }

        try
        {
            await next(context);
            Asked(context, caller, context.Response.StatusCode);
        }
        catch (Exception fault)
        {
            Asked(context, caller, fault switch
            {
                AccessDeniedException => StatusCodes.Status403Forbidden,
                BadHttpRequestException bad => bad.StatusCode,
                _ when context.RequestAborted.IsCancellationRequested => StatusCodes.Status499ClientClosedRequest,
                _ => StatusCodes.Status500InternalServerError,
            });
            throw;
        }
    }

    /// <summary>A service refused a caller. A request of the API writes its own end.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="scope">What was missing.</param>
    /// <param name="method">The service's method that was called.</param>
    /// <param name="file">The service's file.</param>
    public void Refused(Caller caller, string scope, string method, string file)
    {
        if (Acting.Now is not { IsRequest: true })
        {
            Write(
                $"user {caller.UserId}", LogEntryLevel.Warning, AccountsSetup.Source, $"{caller.Username} was refused what needs {scope}.",
                new { Call = $"{Path.GetFileNameWithoutExtension(file)}.{method}", Scope = scope }, null, null, null);
        }
    }

    private void Asked(HttpContext context, Caller? caller, int status)
    {
        var method = context.Request.Method;
        var refused = status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests;
        var changes = !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));
        if (context.GetEndpoint() is not RouteEndpoint endpoint || !(changes || refused))
        {
            return;
        }

        var path = Plain(context.Request.Path.Value ?? "");
        var route = endpoint.RoutePattern.RawText ?? "";
        Write(
            caller is null ? $"address {Acting.Now?.Address}" : $"user {caller.UserId}",
            status >= 500 ? LogEntryLevel.Error : refused ? LogEntryLevel.Warning : LogEntryLevel.Info,
            Source,
            $"{caller?.Username ?? "Somebody who is not signed in"}: {method} {path}, {Words(status)}.",
            new { Route = $"{method} {route}", Status = status, caller?.TokenId },
            Id(context, route, "hosts", "id") ?? Id(context, route, "hosts", "hostId") ?? Id(context, route, "stacks", "hostId"),
            Id(context, route, "tasks", "id"),
            Id(context, route, "schedules", "id"));
    }

    private static string Words(int status) => status switch
    {
        StatusCodes.Status202Accepted => "taken in (202)",
        < 400 => $"done ({status})",
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests => $"refused ({status})",
        StatusCodes.Status499ClientClosedRequest => "given up by the caller",
        < 500 => $"not done ({status})",
        _ => $"failed ({status})",
    };

    private static string? Id(HttpContext context, string route, string kind, string name) =>
        route.Contains($"/{kind}/{{{name}", StringComparison.Ordinal) && context.Request.RouteValues[name] is string { Length: <= 50 } id ? id : null;

    private static string Plain(string path) =>
        string.Concat((path.Length <= LongestPath ? path : path[..LongestPath] + "…").Select(c => char.IsControl(c) ? '?' : c));

    private void Write(string who, LogEntryLevel level, string source, string message, object details, string? hostId, string? taskId, string? scheduleId)
    {
        if (May(who, out var leftOut))
        {
            if (leftOut > 0)
            {
                log.Write(LogEntryLevel.Warning, source, $"{leftOut} more of what came from this {who.Split(' ')[0]} within a minute is not listed.");
            }

            log.Write(level, source, message, hostId, details, taskId, scheduleId);
        }
    }

    /// <param name="leftOut">How many lines were left out in the minute before.</param>
    private bool May(string who, out int leftOut)
    {
        var now = time.GetUtcNow();
        leftOut = 0;
        lock (_gate)
        {
            if (!_counts.TryGetValue(who, out var count) || now - count.Since >= Minute || now < count.Since)
            {
                leftOut = Math.Max(0, (count?.Lines ?? 0) - MostEachMinute);
                if (count is null && _counts.Count >= MostRemembered)
                {
                    // From so many places at once it is a flood: all of it is forgotten but the bound on the whole stays, the log's own.
                    _counts.Clear();
                }

                _counts[who] = count = new(now);
            }

            return ++count.Lines <= MostEachMinute;
        }
    }

    private sealed class Count(DateTimeOffset since)
    {
        public DateTimeOffset Since => since;

        public int Lines { get; set; }
    }
}
