using HomelabDashboard.Features.Logs;

namespace HomelabDashboard.Features.Accounts;

/// <summary>
/// Writes into the log what programs ask for by the API, with its result, and what is refused to anybody, in a page too. What the pages
/// do is written by the services, in their own words. What was done is always written; of what was refused or failed, a bounded number of
/// lines of one caller or address each minute, and how many more there were. Singleton.
/// </summary>
public sealed class AuditTrail(ActivityLog log, AccountDirectory directory, TimeProvider time) : BackgroundService
{
    public const int MostEachMinute = 120;
    internal const int MostRemembered = 1_000;
    private const string Source = "api";
    private const string Others = "others";
    private const int LongestPath = 300;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Count> _counts = new(StringComparer.Ordinal);

    /// <summary>Says who acts in a request, and writes how a request of the API ended that was to change something or was refused.</summary>
    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        var caller = directory.Resolve(context.User);
        var isApi = context.Request.Path.StartsWithSegments("/api");
        using var acting = Acting.Begin(time, caller?.UserId, context.Connection.RemoteIpAddress, isApi);
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
        if (Acting.Now is not { IsRequest: true } && May(caller))
        {
            log.Write(
                LogEntryLevel.Warning, AccountsSetup.Source, $"{caller.Username} was refused what needs {scope}.",
                details: new { Call = $"{Path.GetFileNameWithoutExtension(file)}.{method}", Scope = scope });
        }
    }

    private void Asked(HttpContext context, Caller? caller, int status)
    {
        var method = context.Request.Method;
        var refused = status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests;
        var changes = !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));
        if (context.GetEndpoint() is not RouteEndpoint endpoint || !(changes || refused) || (status >= StatusCodes.Status400BadRequest && !May(caller)))
        {
            return;
        }

        var path = Plain(context.Request.Path.Value ?? "");
        var route = endpoint.RoutePattern.RawText ?? "";
        log.Write(
            status >= 500 ? LogEntryLevel.Error : refused ? LogEntryLevel.Warning : LogEntryLevel.Info,
            Source,
            $"{caller?.Username ?? "Somebody who is not signed in"}: {method} {path}, {Words(status)}.",
            Id(context, route, "hosts", "id") ?? Id(context, route, "hosts", "hostId") ?? Id(context, route, "stacks", "hostId"),
            new { Route = $"{method} {route}", Status = status, caller?.TokenId },
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

    /// <summary>Writes of whom more was left out than written since the last time. Each minute.</summary>
    internal void TellLeftOut()
    {
        List<Count> full;
        lock (_gate)
        {
            full = [.. _counts.Values.Where(c => c.LeftOut > 0)];
            _counts.Clear();
        }

        foreach (var count in full)
        {
            using var acting = Acting.BeginFor(time, count.By);
            log.Write(LogEntryLevel.Warning, Source, $"{count.LeftOut} more of what was refused to {count.Name}, or was not done, within a minute is not listed.");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Minute, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            TellLeftOut();
        }
    }

    /// <summary>Whether there may be one more line of somebody that tells what was not done.</summary>
    private bool May(Caller? caller)
    {
        var who = caller is null ? $"address {Acting.Now?.Address}" : $"user {caller.UserId}";
        lock (_gate)
        {
            if (!_counts.TryGetValue(who, out var count))
            {
                var isOther = _counts.Count >= MostRemembered;
                count = isOther ? _counts.GetValueOrDefault(Others) : null;
                _counts[isOther ? Others : who] = count ??= isOther ? new(null, "many others") : new(Acting.Now, caller?.Username ?? "somebody who is not signed in");
            }

            return ++count.Lines <= MostEachMinute;
        }
    }

    /// <param name="By">Who acts; null where these are many.</param>
    /// <param name="Name">In words.</param>
    private sealed record Count(Acting? By, string Name)
    {
        public int Lines { get; set; }

        public int LeftOut => Lines - MostEachMinute;
    }
}
