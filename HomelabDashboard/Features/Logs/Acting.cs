using System.Net;

namespace HomelabDashboard.Features.Logs;

/// <summary>
/// Who acts in this flow of calls and from where, so that each line written meanwhile says so. It ends with the request, hub call or
/// click that it was begun for: work that goes on in the background afterwards is nobody's, unless it begins for the one who asked for
/// it. A page's work goes on after its click where it waits for anything, such as an answer in a dialog; there each call of a service
/// begins again, for a minute.
/// </summary>
public sealed class Acting : IDisposable
{
    private static readonly AsyncLocal<Acting?> Flow = new();

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly long _begun;
    private volatile bool _isOver;

    private Acting(TimeProvider time, int? userId, string? address, bool isRequest = false, bool isShort = false)
    {
        (_time, _begun) = (time, time.GetTimestamp());
        (UserId, Address, IsRequest, IsShort) = (userId, address, isRequest, isShort);
    }

    /// <summary>Null: nobody acts here, or not any more.</summary>
    public static Acting? Now => Flow.Value is { IsOver: false } now ? now : null;

    /// <summary>Null for somebody who is not signed in.</summary>
    public int? UserId { get; }

    /// <summary>Null where it is not known.</summary>
    public string? Address { get; }

    /// <summary>A request of the API, of which its end writes a line.</summary>
    public bool IsRequest { get; }

    /// <summary>To be called by the method whose calls are meant: it holds for what that method calls from here on.</summary>
    public static Acting Begin(TimeProvider time, int? userId, IPAddress? address, bool isRequest = false)
    {
        address = address?.IsIPv4MappedToIPv6 is true ? address.MapToIPv4() : address;
        return Flow.Value = new(time, userId, address?.ToString(), isRequest);
    }

    /// <summary>The same once more, for a click on a page: it goes on when the hub call that brought it has returned.</summary>
    public static Acting BeginAgain(TimeProvider time) => Flow.Value = new(time, Flow.Value?.UserId, Flow.Value?.Address);

    /// <summary>For work in the background: as whoever asked for it, also after the request or click that it was asked for by.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="asker">What <see cref="Now"/> was then.</param>
    public static Acting BeginFor(TimeProvider time, Acting? asker) => Flow.Value = new(time, asker?.UserId, asker?.Address);

    /// <summary>
    /// To be called, not awaited, where a service asks who calls: goes on for what that service calls from there on, unless the click that
    /// it comes from goes on itself.
    /// </summary>
    public static void GoOn()
    {
        if (Flow.Value is { IsOver: true, IsRequest: false } before)
        {
            Flow.Value = new(before._time, before.UserId, before.Address, isShort: true);
        }
    }

    public void Dispose() => _isOver = true;

    private bool IsShort { get; }

    private bool IsOver => _isOver || (IsShort && _time.GetElapsedTime(_begun) > Longest);
}
